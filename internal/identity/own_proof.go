package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// tried lets somebody who is signed in prove once more who they are. Wrong tries count
// with the failed sign-ins of the person's address, and are refused once it is locked:
// who holds somebody's session cannot try until something fits. What failed commits,
// since it must be counted, and so is no error.
func (d desk) tried(ctx context.Context, tx *command.Tx, proves func() (bool, error), wrong error) (failed, err error) {
	email, err := People{}.Email(ctx, tx, tx.Actor.ID)
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	address := hashEmail(email)
	if err := d.notLocked(ctx, tx, address); err != nil {
		return nil, err
	}
	right, err := proves()
	if err != nil || right {
		return nil, err
	}
	return d.countFailure(ctx, tx, address, tx.Actor.ID, wrong)
}

// proof is what somebody who is signed in shows before something of weight.
type proof struct {
	Password secret.String // of an account that has one
	Code     Code          // of one that has none, but a second factor
}

// checkedProof is what the password's check found, outside the transaction.
type checkedProof struct {
	hash  string // what the password was checked against; empty: the account has none
	right bool
}

const (
	// signedInLately is how fresh a session is that proves by itself who somebody is.
	signedInLately = 15 * time.Minute

	selectHash   = `SELECT coalesce(password_hash, '') FROM account WHERE id = $1`
	openedLately = `SELECT EXISTS (SELECT FROM credential WHERE id = $1 AND kind = 'session' AND created_at > $2)`
)

func (d desk) checkProof(ctx context.Context, actor ident.ID, p proof) (c checkedProof, err error) {
	if c.hash, err = pg.One[string](ctx, d.db, selectHash, actor); err != nil {
		return c, fmt.Errorf("read password: %w", err)
	}
	if c.hash != "" && !p.Password.IsEmpty() {
		c.right, _, err = d.hasher.Verify(ctx, p.Password, c.hash)
	}
	return c, err
}

// prove asks for the password; of who has none for a code of their second factor; and of
// who has neither for a session that they opened a moment ago.
func (d desk) prove(ctx context.Context, tx *command.Tx, p proof, c checkedProof) (failed, err error) {
	if c.hash != "" {
		if p.Password.IsEmpty() {
			return nil, fault.New(fault.Invalid, "me.password_needed", "This needs your password.").At("body.password", "is needed")
		}
		return d.tried(ctx, tx, func() (bool, error) {
			now, err := pg.One[string](ctx, tx, selectHash, tx.Actor.ID)
			return c.right && now == c.hash, err // not changed since it was checked
		}, fault.New(fault.Denied, "password.wrong", "The password is wrong.").At("body.password", "is wrong"))
	}
	factor, err := pg.One[bool](ctx, tx, hasFactor, tx.Actor.ID)
	if err != nil {
		return nil, fmt.Errorf("read second factor: %w", err)
	}
	if factor {
		if err := p.Code.Validate(); err != nil {
			return nil, fault.New(fault.Invalid, "me.code_needed", "Your account has no password: this needs a code of your authenticator app, or a recovery code.").At("body.code", "is needed")
		}
		return d.tried(ctx, tx, func() (bool, error) { return d.provesFactor(ctx, tx, tx.Actor.ID, p.Code.Code) }, errWrongOwnCode())
	}
	fresh, err := pg.One[bool](ctx, tx, openedLately, tx.Actor.Credential, tx.Now.Add(-signedInLately))
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	if !fresh {
		return nil, fault.New(fault.Denied, "me.sign_in_again", "Your account has no password: sign in to the console again and do this within %d minutes of it.", int(signedInLately.Minutes()))
	}
	return nil, nil
}
