package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

const (
	stepToken = "step" // stoa_step_…
	stepLasts = 5 * time.Minute
)

// SignInSecond ends a sign-in that the right password began.
type SignInSecond struct {
	Code
	Step      secret.String // what SignIn answered
	UserAgent string
}

const insertStep = `INSERT INTO sign_in_step (id, secret_hash, account_id, email_hash, expires_at) VALUES ($1, $2, $3, $4, $5)`

// owesFactor begins the second step for who has a second factor. Failures stay
// counted until it is done: else the password would buy more tries at the code.
func (d desk) owesFactor(ctx context.Context, tx *command.Tx, a Account, emailHash []byte) (step SignedInOnce, owes bool, err error) {
	if owes, err = pg.One[bool](ctx, tx, hasFactor, a.ID); err != nil || !owes {
		return step, false, err
	}
	token := secret.NewToken(stepToken, tx.NewID())
	step = SignedInOnce{Account: a, Step: secret.New(token.Reveal()), ExpiresAt: tx.Now.Add(stepLasts)}
	if _, err := tx.Exec(ctx, insertStep, token.ID, token.Hash(), a.ID, emailHash, step.ExpiresAt); err != nil {
		return step, true, fmt.Errorf("store sign-in step: %w", err)
	}
	tx.Audit("user", a.ID, map[string]any{"second_factor": true})
	return step, true, nil
}

const (
	lockStep = `SELECT secret_hash, account_id, email_hash FROM sign_in_step WHERE id = $1 AND expires_at > $2 FOR UPDATE`
	endStep  = `DELETE FROM sign_in_step WHERE id = $1`
)

type stepRow struct {
	Hash      []byte   `db:"secret_hash"`
	Account   ident.ID `db:"account_id"`
	EmailHash []byte   `db:"email_hash"`
}

func lockedStep(ctx context.Context, tx *command.Tx, text secret.String) (row stepRow, id ident.ID, err error) {
	unknown := fault.New(fault.Unauthenticated, "auth.step", "This sign-in has expired. Begin again with your password.")
	token, err := secret.ParseToken(text.Reveal())
	if err != nil || token.Kind != stepToken {
		return row, id, unknown
	}
	row, err = pg.One[stepRow](ctx, tx, lockStep, token.ID, tx.Now)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !token.Matches(row.Hash) {
		return row, id, unknown
	}
	return row, token.ID, err
}

func (d desk) completeSecond(ctx context.Context, tx *command.Tx, c SignInSecond) (out outcome[SignedInOnce], err error) {
	step, id, err := lockedStep(ctx, tx, c.Step)
	if err != nil {
		return out, err
	}
	if err := d.notLocked(ctx, tx, step.EmailHash); err != nil {
		return out, err
	}
	right, err := d.provesFactor(ctx, tx, step.Account, c.Code.Code)
	if err != nil {
		return out, err
	}
	if !right {
		out.failed, err = d.countFailure(ctx, tx, step.EmailHash, step.Account, errWrongCode())
		return out, err
	}
	tx.Defer(endStep, id)
	tx.Defer(clearGuard, step.EmailHash)
	a, err := pg.One[Account](ctx, tx, selectAccount, step.Account)
	if err != nil {
		return out, fmt.Errorf("read account: %w", err)
	}
	tx.Actor = command.Actor{Kind: command.User, ID: a.ID}
	out.result, err = d.openSession(ctx, tx, &a, c.UserAgent)
	return out, err
}

// SecondFactorRequired says of whom a second factor is asked.
type SecondFactorRequired string

// The values of identity.second_factor.required.
const (
	RequiredOfNone      SecondFactorRequired = "none"
	RequiredOfOperators SecondFactorRequired = "operators"
	RequiredOfAll       SecondFactorRequired = "all"
)

// asksOf tells whether the setting wants this person to have a second factor.
func (p Policy) asksOf(a Account) bool {
	return p.SecondFactor == RequiredOfAll || p.SecondFactor == RequiredOfOperators && slices.Contains(a.PlatformRoles, tenancy.Operator)
}

// enrolling is all that a session may do whose holder must enrol a second factor first.
func enrolling() []string { return []string{"me.get", "auth.sign_out", "second_factor.*"} }

const narrowSession = `UPDATE credential SET scopes = $2 WHERE id = $1`

// openWithPassword opens a session for who has shown a password and owes nothing. It
// only lets them enrol, when the setting asks for a second factor that they lack.
func (d desk) openWithPassword(ctx context.Context, tx *command.Tx, a *Account, userAgent string) (SignedInOnce, error) {
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return SignedInOnce{}, err
	}
	out, err := d.openSession(ctx, tx, a, userAgent)
	if err == nil && policy.asksOf(*a) {
		tx.Defer(narrowSession, tx.Actor.Credential, enrolling())
	}
	return out, err
}
