package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// GetDevice asks, by the code that a program shows, what wants to be signed in.
type GetDevice struct{ UserCode secret.String }

const (
	deviceColumns = `id, status, name, days, remote_address, user_agent, created_at, expires_at`
	selectDevice  = `SELECT ` + deviceColumns + ` FROM device_grant WHERE user_hash = $1 AND status = 'pending' AND expires_at > $2`
	lockDevice    = selectDevice + ` FOR UPDATE`
	decideDevice  = `UPDATE device_grant SET status = $2, account_id = $3 WHERE id = $1`
)

func getDevice(ctx context.Context, q command.Query, in GetDevice) (Device, error) {
	hash, err := hashUserCode(in.UserCode.Reveal())
	if err != nil {
		return Device{}, err
	}
	d, err := pg.One[Device](ctx, q, selectDevice, hash, q.Now)
	return d, unknownCode(err)
}

// DecideDevice lets a program act as the caller, or refuses it.
type DecideDevice struct {
	UserCode secret.String
	Approve  bool
}

// decideDeviceSignIn is for people: what they approve may do what they may. A token
// that is narrowed cannot approve, since the program's would be wider.
func decideDeviceSignIn(ctx context.Context, tx *command.Tx, c DecideDevice) (Device, error) {
	if tx.Actor.Kind != command.User {
		return Device{}, fault.New(fault.Denied, "device.person", "Only a person can sign a program in. Make a key for the service account instead.")
	}
	if len(tx.Actor.OnlyActions) > 0 {
		return Device{}, errWider()
	}
	hash, err := hashUserCode(c.UserCode.Reveal())
	if err != nil {
		return Device{}, err
	}
	d, err := pg.One[Device](ctx, tx, lockDevice, hash, tx.Now)
	if err != nil {
		return Device{}, unknownCode(err)
	}
	var fact DeviceDecided
	fact.DeviceID, fact.Approved = d.ID, c.Approve
	if d.Status = DeviceDenied; c.Approve {
		d.Status = DeviceApproved
	}
	if _, err := tx.Exec(ctx, decideDevice, d.ID, d.Status, tx.Actor.ID); err != nil {
		return Device{}, fmt.Errorf("store decision: %w", err)
	}
	_, err = emitOn(ctx, tx, tx.Actor.ID, fact)
	return d, err
}

// unknownCode says the same of a code that never was, has expired or was used.
func unknownCode(err error) error {
	if fault.KindOf(command.NotFoundIfNoRows(err)) == fault.NotFound {
		return fault.New(fault.NotFound, "device.unknown", "No program waits with this code. It may be mistyped, used or expired.").At("user_code", "is not known")
	}
	return err
}
