package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ConfirmEmail shows that the address that ChangeEmail asked for is the caller's own, by
// the code that was sent there.
type ConfirmEmail struct{ Code secret.String }

// Validate checks the input's shape.
func (c ConfirmEmail) Validate() error {
	if n := len(c.Code.Reveal()); n == 0 || n > MaxCode {
		return fault.New(fault.Invalid, "me.email_code", "The code has %d digits.", emailCodeDigits).At("body.code", fmt.Sprintf("must have %d digits", emailCodeDigits))
	}
	return nil
}

const countEmailTry = `UPDATE email_change SET tries = $2 WHERE account_id = $1`

func (d desk) confirmEmail(ctx context.Context, tx *command.Tx, c ConfirmEmail) (out outcome[EmailChange], err error) {
	none := fault.New(fault.Conflict, "me.email_none", "No address waits for a code, or its code is over. Ask for another one.")
	if tx.Actor.Kind != command.User {
		return out, none
	}
	a, err := pg.One[Account](ctx, tx, lockMe, tx.Actor.ID)
	if err != nil {
		return out, fmt.Errorf("read account: %w", err)
	}
	row, err := pg.One[emailChangeRow](ctx, tx, lockEmailChange, a.ID)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (!tx.Now.Before(row.ExpiresAt) || row.Tries >= emailCodeTries) {
		return out, none
	}
	if err != nil {
		return out, fmt.Errorf("read change of address: %w", err)
	}
	code, err := d.keys.Open(row.SealedCode, emailCodePurpose(a.ID))
	if err != nil {
		return out, fmt.Errorf("open code: %w", err)
	}
	if !code.Equal(secret.New(plainCode(c.Code.Reveal()))) {
		row.Tries++
		tx.Defer(countEmailTry, a.ID, row.Tries)
		tx.Audit("user", a.ID, map[string]any{"failed": true, "failures": row.Tries})
		out.failed = errWrongEmailCode(emailCodeTries - row.Tries)
		return out, nil
	}
	out.result, err = d.giveEmail(ctx, tx, a, row.Email, true)
	return out, err
}

func errWrongEmailCode(left int) error {
	further := fmt.Sprintf("You may try %d more times.", left)
	switch left {
	case 1:
		further = "You may try once more."
	case 0:
		further = "It is over: ask for another one."
	}
	return fault.New(fault.Denied, "me.email_code", "The code is wrong. %s", further).At("body.code", "is wrong")
}
