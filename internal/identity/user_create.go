package identity

import (
	"context"
	"errors"
	"fmt"
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

// CreateUser makes an account for somebody, with a personal organization and project
// and a link with which they set their password. There is no default password.
type CreateUser struct {
	Email    string
	Name     string
	Operator bool // runs the installation
}

// Validate checks the input's shape.
func (c CreateUser) Validate() error {
	if err := tenancy.CheckEmail("body.email", c.Email); err != nil {
		return err
	}
	return tenancy.CheckName("body.name", c.Name)
}

// PasswordLinkOnce carries the link's token, which is shown this one time.
type PasswordLinkOnce struct {
	User      User
	Secret    secret.String
	ExpiresAt time.Time
}

// How long the links hold.
const (
	invitedFor = 7 * 24 * time.Hour
	resetFor   = 24 * time.Hour
)

func createUser(ctx context.Context, tx *command.Tx, c CreateUser) (out PasswordLinkOnce, err error) {
	a := Account{ID: tx.NewID(), Version: 1, Kind: command.User, Email: strings.ToLower(c.Email), Name: c.Name, CreatedAt: tx.Now}
	if c.Operator {
		a.PlatformRoles = append(a.PlatformRoles, tenancy.Operator)
	}
	place, err := tenancy.FoundPersonal(ctx, tx, a.ID, a.Name)
	if err != nil {
		return out, err
	}
	a.DefaultProject = place.Project
	tag, err := tx.Exec(ctx, insertAccount, a.ID, a.Version, a.Kind, a.Email, a.Name, nil, a.PlatformRoles, a.DefaultProject, a.CreatedAt)
	if err != nil {
		return out, fmt.Errorf("store user: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return out, errEmailTaken()
	}
	out.User = User{Account: a}
	out.Secret, out.ExpiresAt, err = newPasswordLink(ctx, tx, a.ID, invitedFor)
	tx.Emit(a.aggregate(), UserCreated{Operator: c.Operator})
	tx.Audit("user", a.ID, map[string]any{"operator": c.Operator})
	return out, err
}

func errEmailTaken() error {
	return fault.New(fault.Conflict, "user.email_taken", "There is already an account with this e-mail address.")
}

const savePasswordLink = `
INSERT INTO password_link (account_id, secret_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at, expires_at = excluded.expires_at`

// newPasswordLink makes somebody's link; one that was given out before stops working.
func newPasswordLink(ctx context.Context, tx *command.Tx, user ident.ID, lasts time.Duration) (secret.String, time.Time, error) {
	token, expires := secret.NewToken(passwordToken, user), tx.Now.Add(lasts)
	if _, err := tx.Exec(ctx, savePasswordLink, user, token.Hash(), tx.Now, expires); err != nil {
		return secret.String{}, expires, fmt.Errorf("store password link: %w", err)
	}
	return secret.New(token.Reveal()), expires, nil
}

// ResetPassword takes somebody's password away, ends their sessions, and makes a link
// with which they set another one. API tokens stay.
type ResetPassword struct{ ID ident.ID }

const dropPassword = `UPDATE account SET password_hash = NULL WHERE id = $1`

func resetPassword(ctx context.Context, tx *command.Tx, c ResetPassword) (out PasswordLinkOnce, err error) {
	out.User, err = pg.One[User](ctx, tx, lockPerson, tx.Now, c.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, errUnknownUser()
	}
	if err != nil {
		return out, fmt.Errorf("lock user: %w", err)
	}
	lasts := resetFor
	if out.User.Status() == UserInvited {
		lasts = invitedFor
	}
	if _, err := tx.Exec(ctx, dropPassword, c.ID); err != nil {
		return out, fmt.Errorf("drop password: %w", err)
	}
	ended, err := endSessions(ctx, tx, c.ID)
	if err != nil {
		return out, err
	}
	if out.Secret, out.ExpiresAt, err = newPasswordLink(ctx, tx, c.ID, lasts); err != nil {
		return out, err
	}
	out.User.Sessions, out.User.HasPassword = 0, false
	out.User.Version, err = emitOn(ctx, tx, c.ID, PasswordReset{SessionsRevoked: ended})
	return out, err
}
