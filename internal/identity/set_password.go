package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// SetPassword sets the password of whoever holds the link that an operator gave out.
// It works once and signs nobody in.
type SetPassword struct {
	Link     secret.String
	Password secret.String
}

// Validate checks the input's shape.
func (c SetPassword) Validate() error { return checkPasswordSize("body.password", c.Password) }

type hashedSetPassword struct {
	SetPassword
	hash string
}

type passwordLink struct {
	AccountID  ident.ID  `db:"account_id"`
	SecretHash []byte    `db:"secret_hash"`
	ExpiresAt  time.Time `db:"expires_at"`
	Email      string    `db:"email"`
}

const (
	readPasswordLink = `
SELECT l.account_id, l.secret_hash, l.expires_at, a.email FROM password_link l JOIN account a ON a.id = l.account_id WHERE l.account_id = $1`
	lockPasswordLink = readPasswordLink + ` FOR UPDATE`
	usePasswordLink  = `DELETE FROM password_link WHERE account_id = $1`
	setPassword      = `UPDATE account SET password_hash = $2 WHERE id = $1`
)

func (d desk) setPassword(complete command.Func[hashedSetPassword, struct{}]) command.Func[SetPassword, struct{}] {
	return func(ctx context.Context, c SetPassword) (struct{}, error) {
		in := hashedSetPassword{SetPassword: c}
		if link, err := d.checkPasswordLink(ctx, d.db, c.Link, readPasswordLink); err == nil && c.Validate() == nil {
			policy, err := d.settings.Policy(ctx, d.db)
			if err != nil {
				return struct{}{}, err
			}
			if err := checkPassword("body.password", c.Password, link.Email, policy); err != nil {
				return struct{}{}, err
			}
			if in.hash, err = d.hasher.Hash(ctx, c.Password); err != nil {
				return struct{}{}, err
			}
		}
		return complete(command.Unkept(ctx), in) // refuses by itself what was not hashed, and audits that
	}
}

// checkPasswordLink refuses a link that is used, replaced, too old, or was never given out.
func (d desk) checkPasswordLink(ctx context.Context, q pg.Querier, text secret.String, sql string) (passwordLink, error) {
	refused := fault.New(fault.Denied, "auth.password_link", "This link is not valid, or no longer. Ask whoever runs this installation for another.")
	token, err := secret.ParseToken(text.Reveal())
	if err != nil || token.Kind != passwordToken {
		return passwordLink{}, refused
	}
	link, err := pg.One[passwordLink](ctx, q, sql, token.ID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return link, fmt.Errorf("read password link: %w", err)
	}
	if err != nil || !token.Matches(link.SecretHash) || !d.clock().Before(link.ExpiresAt) {
		return link, refused
	}
	return link, nil
}

func (d desk) completeSetPassword(ctx context.Context, tx *command.Tx, c hashedSetPassword) (none struct{}, err error) {
	link, err := d.checkPasswordLink(ctx, tx, c.Link, lockPasswordLink)
	if err != nil {
		return none, err
	}
	if c.hash == "" {
		return none, errors.New("set password: it was not hashed")
	}
	tx.Actor = command.Actor{Kind: command.User, ID: link.AccountID}
	if _, err := tx.Exec(ctx, setPassword, link.AccountID, c.hash); err != nil {
		return none, fmt.Errorf("store password: %w", err)
	}
	ended, err := endSessions(ctx, tx, link.AccountID)
	if err != nil {
		return none, err
	}
	tx.Defer(usePasswordLink, link.AccountID)
	tx.Defer(clearGuard, hashEmail(link.Email))
	_, err = emitOn(ctx, tx, link.AccountID, PasswordChanged{SessionsRevoked: ended})
	return none, err
}
