package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ChangePassword sets a new password for who knows the current one, and revokes all
// other sessions. API tokens stay: they are listed and revoked one by one.
type ChangePassword struct {
	Current secret.String
	New     secret.String
}

// Validate checks the input's shape.
func (c ChangePassword) Validate() error {
	if err := checkPasswordSize("body.current", c.Current); err != nil {
		return err
	}
	return checkPasswordSize("body.new", c.New)
}

type checkedChange struct {
	ChangePassword
	was, will string // hashes; was is empty when the current password was wrong
}

const (
	selectPassword = `SELECT coalesce(email, ''), coalesce(password_hash, '') FROM account WHERE id = $1`
	changePassword = `
UPDATE account SET password_hash = $3, version = version + 1 WHERE id = $1 AND password_hash = $2 RETURNING version`
	revokeOthers = `
UPDATE credential SET revoked_at = $3 WHERE account_id = $1 AND id <> $2 AND kind = 'session' AND revoked_at IS NULL`
)

func (d desk) changePassword(complete command.Func[checkedChange, struct{}]) command.Func[ChangePassword, struct{}] {
	return func(ctx context.Context, c ChangePassword) (struct{}, error) {
		in := checkedChange{ChangePassword: c}
		if actor := command.RequestFrom(ctx).Actor; actor.Kind == command.User && c.Validate() == nil {
			var err error
			if in.was, in.will, err = d.checkChange(ctx, actor, c); err != nil {
				return struct{}{}, err
			}
		}
		return complete(ctx, in) // refuses by itself what was not checked, and audits that
	}
}

func (d desk) checkChange(ctx context.Context, actor command.Actor, c ChangePassword) (was, will string, err error) {
	policy, err := d.settings.Policy(ctx, d.db)
	if err != nil {
		return "", "", err
	}
	var email string
	if err = d.db.QueryRow(ctx, selectPassword, actor.ID).Scan(&email, &was); err != nil {
		return "", "", fmt.Errorf("read password: %w", err)
	}
	right, _, err := d.hasher.Verify(ctx, c.Current, was)
	if err != nil || !right {
		return "", "", err
	}
	if err = checkPassword("body.new", c.New, email, policy); err != nil {
		return "", "", err
	}
	will, err = d.hasher.Hash(ctx, c.New)
	return was, will, err
}

func completePasswordChange(ctx context.Context, tx *command.Tx, c checkedChange) (struct{}, error) {
	var none struct{}
	if tx.Actor.Kind != command.User {
		return none, fault.New(fault.Denied, "password.none", "A service account has no password.")
	}
	wrong := fault.New(fault.Denied, "password.wrong", "The current password is wrong.").At("body.current", "is wrong")
	if c.was == "" {
		return none, wrong
	}
	version, err := pg.One[int64](ctx, tx, changePassword, tx.Actor.ID, c.was, c.will)
	if errors.Is(err, pgx.ErrNoRows) { // changed since it was checked
		return none, wrong
	}
	if err != nil {
		return none, fmt.Errorf("change password: %w", err)
	}
	tag, err := tx.Exec(ctx, revokeOthers, tx.Actor.ID, tx.Actor.Credential, tx.Now)
	if err != nil {
		return none, fmt.Errorf("revoke other sessions: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: "user", ID: tx.Actor.ID, Version: version}, PasswordChanged{SessionsRevoked: tag.RowsAffected()})
	return none, nil
}
