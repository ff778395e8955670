package limit

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ResetRates makes every request rate of an account whole again: what it has used so
// far counts no more, in this replica and in all others.
type ResetRates struct {
	User ident.ID
}

// Validate checks the input's shape.
func (c ResetRates) Validate() error {
	if c.User.IsZero() {
		return fault.New(fault.Invalid, "rate.no_account", "Say whose rates are to be made whole again.").At("body.user_id", "is missing")
	}
	return nil
}

// reset is when an account's rates were last made whole again; zero: never.
type reset struct {
	ID      ident.ID  `db:"id"`
	Account ident.ID  `db:"account_id"`
	Version int64     `db:"version"`
	At      time.Time `db:"reset_at"`
}

const (
	selectResets = `SELECT id, account_id, version, reset_at FROM rate_reset`
	upsertReset  = `
INSERT INTO rate_reset (id, account_id, version, reset_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (account_id) DO UPDATE SET version = rate_reset.version + 1, reset_at = excluded.reset_at
RETURNING id, account_id, version, reset_at`
	deleteReset = `DELETE FROM rate_reset WHERE account_id = $1`
)

func (s *Slice) resetRates(ctx context.Context, tx *command.Tx, c ResetRates) (struct{}, error) {
	var none struct{}
	if _, err := s.places.Home(ctx, tx, c.User); err != nil {
		return none, err
	}
	if _, err := tx.Exec(ctx, countUp); err != nil {
		return none, fmt.Errorf("count limits' revision up: %w", err)
	}
	done, err := pg.One[reset](ctx, tx, upsertReset, tx.NewID(), c.User, tx.Now)
	if err != nil {
		return none, fmt.Errorf("store the reset: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: rateKind, ID: done.ID, Version: done.Version}, RatesReset{AccountID: c.User})
	tx.Audit("user", c.User, nil)
	tx.AfterCommit(s.Reader.heard)
	return none, nil
}
