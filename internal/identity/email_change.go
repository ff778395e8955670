package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// ChangeEmail asks for another address of one's own. Where the installation sends e-mail
// a code goes there, and ConfirmEmail ends it; elsewhere the address changes at once, and
// nobody has shown that it is theirs.
type ChangeEmail struct {
	Email    string
	Password secret.String // of an account that has one
	Code     secret.String // of an account without a password: of its second factor, if it has one
}

// Validate checks the input's shape.
func (c ChangeEmail) Validate() error {
	if err := tenancy.CheckEmail("body.email", c.Email); err != nil {
		return err
	}
	if !c.Password.IsEmpty() {
		return checkPasswordSize("body.password", c.Password)
	}
	if !c.Code.IsEmpty() {
		return Code{Code: c.Code}.Validate()
	}
	return nil
}

// EmailChange is what came of it.
type EmailChange struct {
	Account   Account
	Email     string    // the new address
	Changed   bool      // it is the account's now
	ExpiresAt time.Time // of the code that was sent; zero when Changed
}

// PendingEmail is an address that waits for its code.
type PendingEmail struct {
	Email     string    `db:"email"`
	ExpiresAt time.Time `db:"expires_at"`
}

const (
	emailCodeLasts  = 30 * time.Minute
	emailCodeTries  = 5 // wrong ones of one code
	emailCodeDigits = 8 // of which five tries find one in 20 million
	emailAsked      = 5 // codes of one person within emailAskedIn, since each is a letter to somebody
	emailAskedIn    = time.Hour

	lockEmailChange = `SELECT email, sealed_code, tries, expires_at, asked, asked_since FROM email_change WHERE account_id = $1 FOR UPDATE`
	saveEmailChange = `
INSERT INTO email_change (account_id, email, sealed_code, expires_at, asked, asked_since) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id) DO UPDATE SET email = excluded.email, sealed_code = excluded.sealed_code, tries = 0,
	expires_at = excluded.expires_at, asked = excluded.asked, asked_since = excluded.asked_since`
	selectPendingEmail = `SELECT email, expires_at FROM email_change WHERE account_id = $1 AND expires_at > $2 AND tries < $3`
	dropEmailChange    = `DELETE FROM email_change WHERE account_id = $1`
	isTaken            = `SELECT EXISTS (SELECT FROM account WHERE email = $1)`
	setEmail           = `UPDATE account SET email = $2 WHERE id = $1`
)

type emailChangeRow struct {
	Email      string    `db:"email"`
	SealedCode []byte    `db:"sealed_code"`
	Tries      int       `db:"tries"`
	ExpiresAt  time.Time `db:"expires_at"`
	Asked      int       `db:"asked"`
	AskedSince time.Time `db:"asked_since"`
}

func emailCodePurpose(account ident.ID) string { return "email_change/" + account.String() + "/code" }

func newEmailCode() secret.String {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(emailCodeDigits), nil)
	n, _ := rand.Int(rand.Reader, most) // never fails: crypto/rand crashes the program instead
	return secret.New(fmt.Sprintf("%0*d", emailCodeDigits, n))
}

type provenEmail struct {
	ChangeEmail
	proof checkedProof
}

func (d desk) changeEmail(complete command.Func[provenEmail, EmailChange]) command.Func[ChangeEmail, EmailChange] {
	return func(ctx context.Context, c ChangeEmail) (EmailChange, error) {
		in := provenEmail{ChangeEmail: c}
		if actor := command.RequestFrom(ctx).Actor; actor.Kind == command.User && c.Validate() == nil {
			var err error
			if in.proof, err = d.checkProof(ctx, actor.ID, c.proof()); err != nil {
				return EmailChange{}, err
			}
		}
		return complete(ctx, in)
	}
}

func (c ChangeEmail) proof() proof { return proof{c.Password, Code{Code: c.Code}} }

func (d desk) askForEmail(ctx context.Context, tx *command.Tx, c provenEmail) (out outcome[EmailChange], err error) {
	if tx.Actor.Kind != command.User {
		return out, fault.New(fault.Denied, "me.service_account", "A service account has no e-mail address.")
	}
	if out.failed, err = d.prove(ctx, tx, c.ChangeEmail.proof(), c.proof); err != nil || out.failed != nil {
		return out, err
	}
	a, err := pg.One[Account](ctx, tx, lockMe, tx.Actor.ID)
	if err != nil {
		return out, fmt.Errorf("read account: %w", err)
	}
	to := strings.ToLower(c.Email)
	switch {
	case to == a.Email:
		return out, fault.New(fault.Invalid, "me.email_same", "This is your address already.").At("body.email", "is your address already")
	case strings.EqualFold(c.Password.Reveal(), to):
		return out, fault.New(fault.Invalid, "password.is_address", "The e-mail address is no password. Change your password first.").At("body.email", "must not be the password")
	case d.elsewhere.Mail == nil:
		out.result, err = d.giveEmail(ctx, tx, a, to, false)
		return out, err
	}
	out.result = EmailChange{Account: a, Email: to, ExpiresAt: tx.Now.Add(emailCodeLasts)}
	return out, d.sendEmailCode(ctx, tx, a.ID, out.result)
}

// sendEmailCode sends a code to the address, or to who has an account with it a word
// about that: whoever asks learns nothing of which it is.
func (d desk) sendEmailCode(ctx context.Context, tx *command.Tx, account ident.ID, c EmailChange) error {
	row, err := pg.OneOrZero[emailChangeRow](ctx, tx, lockEmailChange, account)
	if err != nil {
		return fmt.Errorf("read change of address: %w", err)
	}
	if tx.Now.Sub(row.AskedSince) >= emailAskedIn {
		row.Asked, row.AskedSince = 0, tx.Now
	}
	if row.Asked++; row.Asked > emailAsked {
		wait := row.AskedSince.Add(emailAskedIn).Sub(tx.Now)
		return fault.New(fault.Limited, "me.email_often", "You have asked for %d codes within an hour. Use the last one, or try again later.", emailAsked).After(wait)
	}
	code, letter := newEmailCode(), letterCode
	taken, err := pg.One[bool](ctx, tx, isTaken, c.Email)
	if err != nil {
		return fmt.Errorf("look for account: %w", err)
	}
	if taken {
		letter = letterTaken
	}
	if _, err := tx.Exec(ctx, saveEmailChange, account, c.Email, d.keys.Seal(code, emailCodePurpose(account)), c.ExpiresAt, row.Asked, row.AskedSince); err != nil {
		return fmt.Errorf("store change of address: %w", err)
	}
	tx.Audit("user", account, map[string]any{"asked": row.Asked})
	return d.write(ctx, tx, account, letter, enclosed{To: secret.New(c.Email), Code: code}, c.ExpiresAt)
}

// giveEmail makes an address the account's, whose row is locked. The one before is told.
func (d desk) giveEmail(ctx context.Context, tx *command.Tx, a Account, email string, confirmed bool) (EmailChange, error) {
	before := a.Email
	_, err := tx.Exec(ctx, setEmail, a.ID, email)
	if pg.IsUniqueViolation(err, "account_email_key") {
		return EmailChange{}, errEmailTaken()
	}
	if err != nil {
		return EmailChange{}, fmt.Errorf("store address: %w", err)
	}
	tx.Defer(dropEmailChange, a.ID)
	if d.elsewhere.Mail != nil {
		if err := d.write(ctx, tx, a.ID, letterChanged, enclosed{To: secret.New(before)}, tx.Now.Add(changedLasts)); err != nil {
			return EmailChange{}, err
		}
	}
	a.Email = email
	a.Version, err = emitOn(ctx, tx, a.ID, EmailChanged{Confirmed: confirmed})
	return EmailChange{Account: a, Email: email, Changed: true}, err
}

func pendingEmail(ctx context.Context, q command.Query) (*PendingEmail, error) {
	pending, err := pg.One[PendingEmail](ctx, q, selectPendingEmail, q.Actor.ID, q.Now, emailCodeTries)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none
	}
	if err != nil {
		return nil, fmt.Errorf("read change of address: %w", err)
	}
	return &pending, nil
}
