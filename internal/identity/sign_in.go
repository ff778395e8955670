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

const findSignIn = `
SELECT a.id, a.password_hash, g.locked_until
FROM (SELECT) one LEFT JOIN account a ON a.email = $1 LEFT JOIN sign_in_guard g ON g.email_hash = $2`

type signInRow struct {
	ID          ident.ID   `db:"id"`
	Hash        *string    `db:"password_hash"`
	LockedUntil *time.Time `db:"locked_until"`
}

func (d desk) signIn(complete command.Func[checkedSignIn, SignedInOnce]) command.Func[SignIn, SignedInOnce] {
	return func(ctx context.Context, c SignIn) (SignedInOnce, error) {
		if err := c.Validate(); err != nil {
			return SignedInOnce{}, err
		}
		in, err := d.checkSignIn(ctx, c)
		if err != nil {
			return SignedInOnce{}, err
		}
		return complete(ctx, in)
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

func (d desk) completeSignIn(ctx context.Context, tx *command.Tx, c checkedSignIn) (out outcome[SignedInOnce], err error) {
	if !c.right {
		out.failed, err = d.countFailure(ctx, tx, c.emailHash, c.account, errWrongCredentials())
		return out, err
	}
	if err := d.notLocked(ctx, tx, c.emailHash); err != nil {
		return out, err
	}
	a, err := pg.One[Account](ctx, tx, confirmPassword, c.account, c.hash, c.rehash)
	if errors.Is(err, pgx.ErrNoRows) { // changed since it was checked
		return out, errWrongCredentials()
	}
	if err != nil {
		return out, fmt.Errorf("confirm password: %w", err)
	}
	tx.Actor = command.Actor{Kind: command.User, ID: a.ID}
	if step, owes, err := d.owesFactor(ctx, tx, a, c.emailHash); err != nil || owes {
		out.result = step
		return out, err
	}
	tx.Defer(clearGuard, c.emailHash)
	out.result, err = d.openWithPassword(ctx, tx, &a, c.userAgent)
	return out, err
}

const (
	confirmPassword = `
UPDATE account SET password_hash = coalesce(nullif($3, ''), password_hash) WHERE id = $1 AND password_hash = $2
RETURNING id, version, kind, coalesce(email, '') AS email, name, platform_roles, default_project_id, created_at`
	bumpAccount = `UPDATE account SET version = version + 1 WHERE id = $1 RETURNING version`
)

// countFailure counts a wrong try for an address, and for the account that has it, if any.
// The failure that it gives, of the try or of one too many, is told after the commit.
func (d desk) countFailure(ctx context.Context, tx *command.Tx, emailHash []byte, account ident.ID, wrong error) (failed, err error) {
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, ensureGuard, emailHash, tx.Now); err != nil {
		return nil, fmt.Errorf("store sign-in guard: %w", err)
	}
	g, err := lockedGuard(ctx, tx, emailHash)
	if err != nil {
		return nil, err
	}
	if g.locked(tx.Now) {
		return nil, errLocked(*g.LockedUntil, tx.Now, policy)
	}
	g = g.fail(tx.Now, policy)
	tx.Defer(saveGuard, emailHash, g.Failures, g.LastFailure, g.LockedUntil)
	if g.LockedUntil != nil {
		wrong = errLocked(*g.LockedUntil, tx.Now, policy)
	}
	if !account.IsZero() {
		if _, err := emitOn(ctx, tx, account, SignInFailed{Failures: g.Failures}); err != nil {
			return nil, err
		}
		if g.LockedUntil != nil {
			if _, err := emitOn(ctx, tx, account, LockedOut{Until: *g.LockedUntil}); err != nil {
				return nil, err
			}
		}
	}
	tx.Audit("user", account, map[string]any{"failed": true, "failures": g.Failures, "locked": g.LockedUntil != nil})
	return wrong, nil
}

// emitOn gives an account its next version, and the fact with it.
func emitOn(ctx context.Context, tx *command.Tx, id ident.ID, fact eventlog.Fact) (version int64, err error) {
	if err := tx.QueryRow(ctx, bumpAccount, id).Scan(&version); err != nil {
		return 0, fmt.Errorf("lock account: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: "user", ID: id, Version: version}, fact)
	return version, nil
}
