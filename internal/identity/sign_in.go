package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// SignIn opens a session for who knows the password.
type SignIn struct {
	Email     string
	Password  secret.String
	UserAgent string
}

// Validate checks the input's shape.
func (c SignIn) Validate() error {
	if c.Email == "" || len(c.Email) > tenancy.MaxEmail || strings.ContainsRune(c.Email, 0) {
		return fault.New(fault.Invalid, "email", "An e-mail address is needed.").At("body.email", fmt.Sprintf("must have 1 to %d bytes", tenancy.MaxEmail))
	}
	return checkPasswordSize("body.password", c.Password)
}

// checkedSignIn is what the password's check found, outside the transaction.
type checkedSignIn struct {
	emailHash []byte
	account   ident.ID // zero: nobody has this address
	hash      string   // what the password was checked against
	right     bool
	rehash    string // the password at today's cost, when the stored hash is stale
	userAgent string
}

type signInOutcome struct {
	signedIn SignedInOnce
	failed   error // a wrong password must be counted, so it commits
}

const findSignIn = `
SELECT a.id, a.password_hash, g.locked_until
FROM (SELECT) one LEFT JOIN account a ON a.email = $1 LEFT JOIN sign_in_guard g ON g.email_hash = $2`

type signInRow struct {
	ID          ident.ID   `db:"id"`
	Hash        *string    `db:"password_hash"`
	LockedUntil *time.Time `db:"locked_until"`
}

func (d desk) signIn(complete command.Func[checkedSignIn, signInOutcome]) command.Func[SignIn, SignedInOnce] {
	return func(ctx context.Context, c SignIn) (SignedInOnce, error) {
		if err := c.Validate(); err != nil {
			return SignedInOnce{}, err
		}
		in, err := d.checkSignIn(ctx, c)
		if err != nil {
			return SignedInOnce{}, err
		}
		out, err := complete(command.Unkept(ctx), in)
		if err == nil {
			err = out.failed
		}
		return out.signedIn, err
	}
}

// checkSignIn takes as long for an unknown address as for a wrong password. An address
// that is locked costs nothing: the command refuses it whatever the password.
func (d desk) checkSignIn(ctx context.Context, c SignIn) (checkedSignIn, error) {
	in := checkedSignIn{emailHash: hashEmail(c.Email), userAgent: c.UserAgent}
	row, err := pg.One[signInRow](ctx, d.db, findSignIn, strings.ToLower(c.Email), in.emailHash)
	if err != nil {
		return in, fmt.Errorf("look for account: %w", err)
	}
	in.account = row.ID
	if row.Hash != nil {
		in.hash = *row.Hash
	}
	if d.isLocked(row.LockedUntil) {
		return in, nil
	}
	var stale bool
	if in.right, stale, err = d.hasher.Verify(ctx, c.Password, in.hash); err != nil {
		return in, err
	}
	if in.right && stale {
		in.rehash, err = d.hasher.Hash(ctx, c.Password)
	}
	return in, err
}

func (d desk) isLocked(until *time.Time) bool { return until != nil && d.clock().Before(*until) }

func (d desk) completeSignIn(ctx context.Context, tx *command.Tx, c checkedSignIn) (signInOutcome, error) {
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return signInOutcome{}, err
	}
	if !c.right {
		return d.countFailure(ctx, tx, c, policy, errWrongCredentials())
	}
	g, err := lockedGuard(ctx, tx, c.emailHash)
	if err != nil {
		return signInOutcome{}, err
	}
	if g.locked(tx.Now) {
		return signInOutcome{}, errLocked(*g.LockedUntil, tx.Now, policy)
	}
	a, err := pg.One[Account](ctx, tx, confirmPassword, c.account, c.hash, c.rehash)
	if errors.Is(err, pgx.ErrNoRows) { // changed since it was checked
		return signInOutcome{}, errWrongCredentials()
	}
	if err != nil {
		return signInOutcome{}, fmt.Errorf("confirm password: %w", err)
	}
	tx.Actor = command.Actor{Kind: command.User, ID: a.ID}
	if step, owes, err := d.owesFactor(ctx, tx, a, c.emailHash); err != nil || owes {
		return signInOutcome{signedIn: step}, err
	}
	tx.Defer(clearGuard, c.emailHash)
	out, err := d.openWithPassword(ctx, tx, &a, c.userAgent)
	return signInOutcome{signedIn: out}, err
}

const (
	confirmPassword = `
UPDATE account SET password_hash = coalesce(nullif($3, ''), password_hash) WHERE id = $1 AND password_hash = $2
RETURNING id, version, kind, coalesce(email, '') AS email, name, platform_roles, default_project_id, created_at`
	bumpAccount = `UPDATE account SET version = version + 1 WHERE id = $1 RETURNING version`
)

// countFailure commits a failed attempt and tells the caller about it afterwards.
func (d desk) countFailure(ctx context.Context, tx *command.Tx, c checkedSignIn, policy Policy, failed error) (signInOutcome, error) {
	if _, err := tx.Exec(ctx, ensureGuard, c.emailHash, tx.Now); err != nil {
		return signInOutcome{}, fmt.Errorf("store sign-in guard: %w", err)
	}
	g, err := lockedGuard(ctx, tx, c.emailHash)
	if err != nil {
		return signInOutcome{}, err
	}
	if g.locked(tx.Now) {
		return signInOutcome{}, errLocked(*g.LockedUntil, tx.Now, policy)
	}
	g = g.fail(tx.Now, policy)
	tx.Defer(saveGuard, c.emailHash, g.Failures, g.LastFailure, g.LockedUntil)

	out := signInOutcome{failed: failed}
	if g.LockedUntil != nil {
		out.failed = errLocked(*g.LockedUntil, tx.Now, policy)
	}
	if !c.account.IsZero() {
		if _, err := emitOn(ctx, tx, c.account, SignInFailed{Failures: g.Failures}); err != nil {
			return signInOutcome{}, err
		}
		if g.LockedUntil != nil {
			if _, err := emitOn(ctx, tx, c.account, LockedOut{Until: *g.LockedUntil}); err != nil {
				return signInOutcome{}, err
			}
		}
	}
	tx.Audit("user", c.account, map[string]any{"failed": true, "failures": g.Failures, "locked": g.LockedUntil != nil})
	return out, nil
}

// emitOn gives an account its next version, and the fact with it.
func emitOn(ctx context.Context, tx *command.Tx, id ident.ID, fact eventlog.Fact) (version int64, err error) {
	if err := tx.QueryRow(ctx, bumpAccount, id).Scan(&version); err != nil {
		return 0, fmt.Errorf("lock account: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: "user", ID: id, Version: version}, fact)
	return version, nil
}
