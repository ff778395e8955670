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
	unfit     error  // why the new password cannot be one
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
			if err := d.checkChange(ctx, actor, &in); err != nil {
				return struct{}{}, err
			}
		}
		return complete(ctx, in) // refuses by itself what was not checked, and audits that
	}
}

// checkChange checks the current password. What is wrong with the new one is not said
// before the command has asked whether the address is locked: it would tell that the
// current one is right.
func (d desk) checkChange(ctx context.Context, actor command.Actor, c *checkedChange) error {
	policy, err := d.settings.Policy(ctx, d.db)
	if err != nil {
		return err
	}
	var email, hash string
	if err = d.db.QueryRow(ctx, selectPassword, actor.ID).Scan(&email, &hash); err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	right, _, err := d.hasher.Verify(ctx, c.Current, hash)
	if err != nil || !right {
		return err
	}
	c.was = hash
	if c.unfit = checkPassword("body.new", c.New, email, policy); c.unfit == nil {
		c.will, err = d.hasher.Hash(ctx, c.New)
	}
	return err
}

func (d desk) completePasswordChange(ctx context.Context, tx *command.Tx, c checkedChange) (out outcome[struct{}], err error) {
	if tx.Actor.Kind != command.User {
		return out, fault.New(fault.Denied, "password.none", "A service account has no password.")
	}
	wrong := fault.New(fault.Denied, "password.wrong", "The current password is wrong.").At("body.current", "is wrong")
	out.failed, err = d.tried(ctx, tx, func() (bool, error) { return c.was != "", nil }, wrong)
	switch {
	case err != nil || out.failed != nil:
		return out, err
	case c.unfit != nil:
		return out, c.unfit
	}
	version, err := pg.One[int64](ctx, tx, changePassword, tx.Actor.ID, c.was, c.will)
	if errors.Is(err, pgx.ErrNoRows) { // changed since it was checked
		return out, wrong
	}
	if err != nil {
		return out, fmt.Errorf("change password: %w", err)
	}
	tag, err := tx.Exec(ctx, revokeOthers, tx.Actor.ID, tx.Actor.Credential, tx.Now)
	if err != nil {
		return out, fmt.Errorf("revoke other sessions: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: "user", ID: tx.Actor.ID, Version: version}, PasswordChanged{SessionsRevoked: tag.RowsAffected()})
	return out, nil
}
