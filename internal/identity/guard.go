package identity

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// guard counts failed sign-ins for one e-mail address, whether or not it has an account.
type guard struct {
	Failures    int        `db:"failures"`
	LastFailure time.Time  `db:"last_failure"`
	LockedUntil *time.Time `db:"locked_until"`
}

func (g guard) locked(now time.Time) bool { return g.LockedUntil != nil && now.Before(*g.LockedUntil) }

// fail counts one more failure. Failures that lie further back than a lockout lasts,
// or before the last lockout, no longer count.
func (g guard) fail(now time.Time, p Policy) guard {
	if g.LockedUntil != nil || now.Sub(g.LastFailure) > p.LockoutFor {
		g = guard{}
	}
	g.Failures, g.LastFailure = g.Failures+1, now
	if g.Failures >= p.LockoutFailures {
		until := now.Add(p.LockoutFor)
		g.LockedUntil = &until
	}
	return g
}

const (
	ensureGuard = `INSERT INTO sign_in_guard (email_hash, failures, last_failure) VALUES ($1, 0, $2) ON CONFLICT (email_hash) DO NOTHING`
	lockGuard   = `SELECT failures, last_failure, locked_until FROM sign_in_guard WHERE email_hash = $1 FOR UPDATE`
	saveGuard   = `UPDATE sign_in_guard SET failures = $2, last_failure = $3, locked_until = $4 WHERE email_hash = $1`
	clearGuard  = `DELETE FROM sign_in_guard WHERE email_hash = $1`
)

// lockedGuard reads the guard and keeps others who try the same address waiting.
func lockedGuard(ctx context.Context, tx *command.Tx, emailHash []byte) (guard, error) {
	g, err := pg.OneOrZero[guard](ctx, tx, lockGuard, emailHash)
	if err != nil {
		return guard{}, fmt.Errorf("read sign-in guard: %w", err)
	}
	return g, nil
}

func hashEmail(email string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return sum[:]
}

func errLocked(until, now time.Time, p Policy) error {
	wait := until.Sub(now)
	minutes := "a minute"
	if n := int(math.Ceil(wait.Minutes())); n > 1 {
		minutes = strconv.Itoa(n) + " minutes"
	}
	return fault.New(fault.Limited, "auth.locked", "Too many failed sign-ins for this address. Try again in %s.", minutes).
		After(wait).
		Over(fault.Limit{Name: "identity.lockout.failures", Value: int64(p.LockoutFailures), Scope: "global"})
}

func errWrongCredentials() error {
	return fault.New(fault.Unauthenticated, "auth.wrong_credentials", "The e-mail address or the password is wrong.")
}

// notLocked refuses who is locked out: a lockout ends every way in but those that are open.
// It keeps others who try the same address waiting.
func (d desk) notLocked(ctx context.Context, tx *command.Tx, emailHash []byte) error {
	g, err := lockedGuard(ctx, tx, emailHash)
	if err != nil || !g.locked(tx.Now) {
		return err
	}
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return err
	}
	return errLocked(*g.LockedUntil, tx.Now, policy)
}
