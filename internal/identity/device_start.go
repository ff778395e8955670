package identity

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// StartDevice asks, for a program, to be signed in by somebody at a browser.
type StartDevice struct {
	Name      string // what the program calls itself
	Days      int    // how long its token shall last
	UserAgent string
}

// Validate checks the input's shape.
func (c StartDevice) Validate() error {
	if err := checkDeviceStart(c.Name, c.Days); err != nil {
		return err
	}
	return tenancy.CheckName("body.name", c.Name)
}

const insertDevice = `
INSERT INTO device_grant (id, device_hash, user_hash, status, name, days, remote_address, user_agent, interval_s, created_at, expires_at)
VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10)`

func startDevice(ctx context.Context, tx *command.Tx, c StartDevice) (DeviceStartedOnce, error) {
	device, user := secret.NewToken(deviceToken, tx.NewID()), newUserCode()
	hash := sha256.Sum256([]byte(user))
	if _, err := tx.Exec(ctx, insertDevice, device.ID, device.Hash(), hash[:], c.Name, c.Days, command.RequestFrom(ctx).RemoteAddress,
		cut(c.UserAgent, maxUserAgent), int(deviceInterval.Seconds()), tx.Now, tx.Now.Add(deviceLasts)); err != nil {
		return DeviceStartedOnce{}, fmt.Errorf("store device sign-in: %w", err)
	}
	tx.Audit("device", device.ID, nil)
	return DeviceStartedOnce{
		DeviceCode: secret.New(device.Reveal()), UserCode: secret.New(showUserCode(user)), ExpiresIn: deviceLasts, Interval: deviceInterval,
	}, nil
}
