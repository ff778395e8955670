package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// LockUser ends somebody's sessions and refuses their tokens and password from this
// moment on. They are told the reason. What they run goes on.
type LockUser struct {
	ID     ident.ID
	Reason string // for them to read
}

const maxReason = 200

// Validate checks the input's shape.
func (c LockUser) Validate() error {
	if len([]rune(c.Reason)) > maxReason {
		return fault.New(fault.Invalid, "user.reason", "A reason has at most %d characters.", maxReason).At("body.reason", "is too long")
	}
	return nil
}

const (
	setLocked   = `UPDATE account SET locked_at = $2, locked_reason = $3 WHERE id = $1`
	setUnlocked = `UPDATE account SET locked_at = NULL, locked_reason = '' WHERE id = $1`
)

func lockOut(ctx context.Context, tx *command.Tx, c LockUser) (User, error) {
	u, err := lockedUser(ctx, tx, c.ID)
	if err != nil {
		return u, err
	}
	if u.LockedAt != nil {
		return u, fault.New(fault.Conflict, "user.locked", "This account is locked already.")
	}
	if _, err := tx.Exec(ctx, setLocked, c.ID, tx.Now, c.Reason); err != nil {
		return u, fmt.Errorf("lock account: %w", err)
	}
	ended, err := endSessions(ctx, tx, c.ID)
	if err != nil {
		return u, err
	}
	u.LockedAt, u.LockedReason, u.Sessions = &tx.Now, c.Reason, 0
	u.Version, err = emitOn(ctx, tx, c.ID, UserLockedByOperator{SessionsRevoked: ended})
	return u, err
}

// UnlockUser lets somebody in again, also after too many wrong passwords. Their
// tokens work again, their sessions do not.
type UnlockUser struct{ ID ident.ID }

func unlock(ctx context.Context, tx *command.Tx, c UnlockUser) (User, error) {
	u, err := pg.One[User](ctx, tx, lockPerson, tx.Now, c.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, errUnknownUser()
	}
	if err != nil {
		return u, fmt.Errorf("lock user: %w", err)
	}
	if _, err := tx.Exec(ctx, setUnlocked, c.ID); err != nil {
		return u, fmt.Errorf("unlock account: %w", err)
	}
	tx.Defer(clearGuard, hashEmail(u.Email))
	u.LockedAt, u.LockedReason = nil, ""
	u.Version, err = emitOn(ctx, tx, c.ID, UserUnlocked{})
	return u, err
}
