package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// RedeemDevice asks, for a program, whether somebody has approved it; if so it is
// given its token, once.
type RedeemDevice struct{ DeviceCode secret.String }

const (
	// pollTolerance is what the network may take from the interval between two questions.
	pollTolerance = time.Second

	// Noting that a program asked is no change of anything, so no command: else each
	// question would leave a line in the audit trail.
	pollDevice = `
WITH was AS (
	SELECT id, coalesce(polled_at > $3::timestamptz - make_interval(secs => interval_s) + $4::interval, false) AS too_soon
	FROM device_grant WHERE id = $1 AND device_hash = $2 FOR UPDATE)
UPDATE device_grant d SET polled_at = $3, interval_s = d.interval_s + CASE WHEN was.too_soon THEN $5::integer ELSE 0 END
FROM was WHERE d.id = was.id
RETURNING d.status, d.expires_at, d.interval_s, was.too_soon`
)

func (d desk) redeemDevice(complete command.Func[RedeemDevice, TokenCreatedOnce]) command.Func[RedeemDevice, TokenCreatedOnce] {
	return func(ctx context.Context, c RedeemDevice) (TokenCreatedOnce, error) {
		if err := d.poll(ctx, c); err != nil {
			return TokenCreatedOnce{}, err
		}
		return complete(command.Unkept(ctx), c)
	}
}

// poll answers every question but the one that finds an approval.
func (d desk) poll(ctx context.Context, c RedeemDevice) error {
	token, err := parseDevice(c.DeviceCode)
	if err != nil {
		return err
	}
	var g struct {
		status   DeviceStatus
		expires  time.Time
		interval int
		tooSoon  bool
	}
	now := d.clock()
	err = d.db.QueryRow(ctx, pollDevice, token.ID, token.Hash(), now, pollTolerance, int(deviceInterval.Seconds())).Scan(&g.status, &g.expires, &g.interval, &g.tooSoon)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errDeviceUnknown()
	case err != nil:
		return fmt.Errorf("ask for device sign-in: %w", err)
	case g.status == DeviceDenied:
		return errDeviceDenied()
	case g.status == DeviceRedeemed:
		return errDeviceUnknown()
	case !now.Before(g.expires):
		return errDeviceExpired()
	case g.tooSoon:
		return errDeviceTooSoon(g.interval)
	case g.status == DevicePending:
		return errDevicePending()
	}
	return nil
}

func parseDevice(code secret.String) (secret.Token, error) {
	token, err := secret.ParseToken(code.Reveal())
	if err != nil || token.Kind != deviceToken {
		return token, errDeviceUnknown()
	}
	return token, nil
}

const (
	lockApproved = `
SELECT d.name, d.days, d.account_id FROM device_grant d
WHERE d.id = $1 AND d.device_hash = $2 AND d.status = 'approved' AND d.expires_at > $3 FOR UPDATE`
	markRedeemed = `UPDATE device_grant SET status = 'redeemed' WHERE id = $1`
)

func completeDevice(ctx context.Context, tx *command.Tx, c RedeemDevice) (TokenCreatedOnce, error) {
	code, err := parseDevice(c.DeviceCode)
	if err != nil {
		return TokenCreatedOnce{}, err
	}
	approved, err := pg.One[struct {
		Name    string   `db:"name"`
		Days    int      `db:"days"`
		Account ident.ID `db:"account_id"`
	}](ctx, tx, lockApproved, code.ID, code.Hash(), tx.Now)
	if errors.Is(err, pgx.ErrNoRows) { // a twin was faster
		return TokenCreatedOnce{}, errDeviceUnknown()
	}
	if err != nil {
		return TokenCreatedOnce{}, fmt.Errorf("read device sign-in: %w", err)
	}
	expires := tx.Now.Add(time.Duration(approved.Days) * 24 * time.Hour)
	token := Credential{ID: tx.NewID(), Kind: APIToken, Name: approved.Name, CreatedAt: tx.Now, ExpiresAt: &expires}
	text := secret.NewToken(apiToken, token.ID)
	if err := store(ctx, tx, token, approved.Account, text.Hash()); err != nil {
		return TokenCreatedOnce{}, err
	}
	tx.Defer(markRedeemed, code.ID)
	tx.Actor = command.Actor{Kind: command.User, ID: approved.Account, Credential: token.ID}
	_, err = emitOn(ctx, tx, approved.Account, TokenCreated{TokenID: token.ID, DeviceID: code.ID})
	return TokenCreatedOnce{Token: token, Secret: secret.New(text.Reveal())}, err
}
