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
)

// Identity is who somebody is at an outside issuer.
type Identity struct {
	ID         ident.ID  `db:"id"`
	Provider   string    `db:"provider"` // its name; empty: none has this issuer now
	Title      string    `db:"title"`
	Issuer     string    `db:"issuer"`
	Subject    string    `db:"subject"`
	CreatedAt  time.Time `db:"created_at"`
	LastUsedAt time.Time `db:"last_used_at"`
}

// ListIdentities asks for the caller's own.
type ListIdentities struct{}

const selectIdentities = `
SELECT e.id, coalesce(p.name, '') AS provider, coalesce(p.title, '') AS title, e.issuer, e.subject, e.created_at, e.last_used_at
FROM external_identity e LEFT JOIN identity_provider p ON p.issuer = e.issuer
WHERE e.account_id = $1 ORDER BY e.id`

func listIdentities(ctx context.Context, q command.Query, _ ListIdentities) ([]Identity, error) {
	return pg.All[Identity](ctx, q, selectIdentities, q.Actor.ID)
}

// UnlinkIdentity ends a link, the sessions that it opened, and the memberships that its
// provider's rules granted.
type UnlinkIdentity struct{ ID ident.ID }

const (
	identityOwner = `SELECT account_id FROM external_identity WHERE id = $1 FOR UPDATE`
	// Asked once the account is locked.
	waysIn = `
SELECT (a.password_hash IS NOT NULL)::int + (SELECT count(*) FROM external_identity e WHERE e.account_id = a.id AND e.id <> $2)
	+ (SELECT count(*) FROM passkey k WHERE k.account_id = a.id)
FROM account a WHERE a.id = $1`
	deleteIdentity     = `DELETE FROM external_identity WHERE id = $1`
	revokeOfIdentity   = `UPDATE credential SET revoked_at = $2 WHERE identity_id = $1 AND revoked_at IS NULL`
	selectIdentitiesOf = `SELECT id FROM external_identity WHERE account_id = $1 ORDER BY id FOR UPDATE`
)

func ofIdentity(ctx context.Context, tx *command.Tx, c UnlinkIdentity) (scope command.Scope, err error) {
	err = tx.QueryRow(ctx, identityOwner, c.ID).Scan(&scope.Owner)
	return scope, command.NotFoundIfNoRows(err)
}

func unlinkIdentity(ctx context.Context, tx *command.Tx, c UnlinkIdentity) (struct{}, error) {
	if err := lockAccount(ctx, tx, tx.Scope.Owner); err != nil {
		return struct{}{}, err
	}
	var others int
	if err := tx.QueryRow(ctx, waysIn, tx.Scope.Owner, c.ID).Scan(&others); err != nil {
		return struct{}{}, fmt.Errorf("count ways to sign in: %w", err)
	}
	if others == 0 {
		return struct{}{}, fault.New(fault.Conflict, "auth.last_way_in", "This is your only way to sign in: without a password or another link you would be locked out.")
	}
	return struct{}{}, unlink(ctx, tx, c.ID, tx.Scope.Owner)
}

func unlink(ctx context.Context, tx *command.Tx, id, account ident.ID) error {
	for _, g := range []granting{inOrganizations(), inProjects()} { // locked in the order of follow
		if err := g.takeBack(ctx, tx, id, account); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, deleteIdentity, id); err != nil {
		return fmt.Errorf("unlink identity: %w", err)
	}
	tag, err := tx.Exec(ctx, revokeOfIdentity, id, tx.Now)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	_, err = emitOn(ctx, tx, account, IdentityUnlinked{IdentityID: id, SessionsRevoked: tag.RowsAffected()})
	return err
}

func unlinkAll(ctx context.Context, tx *command.Tx, account ident.ID) error {
	ids, err := pg.All[ident.ID](ctx, tx, selectIdentitiesOf, account)
	if err != nil {
		return fmt.Errorf("read identities: %w", err)
	}
	for _, id := range ids {
		if err := unlink(ctx, tx, id, account); err != nil {
			return err
		}
	}
	return nil
}

func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
