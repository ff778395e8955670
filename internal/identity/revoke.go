package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RevokeCredential ends a session or token, from this moment on.
type RevokeCredential struct{ ID ident.ID }

const (
	credentialOwner = `SELECT account_id FROM credential WHERE id = $1 AND kind = $2 AND revoked_at IS NULL FOR UPDATE`
	revokeOne       = `UPDATE credential SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`
)

// ofCredential finds whose it is; one that was revoked is no longer there.
func ofCredential(kind CredentialKind) func(context.Context, *command.Tx, RevokeCredential) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, c RevokeCredential) (scope command.Scope, err error) {
		err = tx.QueryRow(ctx, credentialOwner, c.ID, kind).Scan(&scope.Owner)
		return scope, command.NotFoundIfNoRows(err)
	}
}

func revokeSession(ctx context.Context, tx *command.Tx, c RevokeCredential) (struct{}, error) {
	return struct{}{}, revoke(ctx, tx, c.ID, tx.Scope.Owner, SessionRevoked{SessionID: c.ID})
}

func revokeToken(ctx context.Context, tx *command.Tx, c RevokeCredential) (struct{}, error) {
	return struct{}{}, revoke(ctx, tx, c.ID, tx.Scope.Owner, TokenRevoked{TokenID: c.ID})
}

// SignOut revokes the credential that the caller shows, session or token.
type SignOut struct{}

func signOut(ctx context.Context, tx *command.Tx, _ SignOut) (struct{}, error) {
	id := tx.Actor.Credential
	if err := ownCredential(ctx, tx, id); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, revoke(ctx, tx, id, tx.Actor.ID, SignedOut{CredentialID: id})
}

const credentialKnown = `SELECT true FROM credential WHERE id = $1`

// ownCredential refuses to end what Stoa did not begin.
func ownCredential(ctx context.Context, tx *command.Tx, id ident.ID) error {
	var known bool
	err := tx.QueryRow(ctx, credentialKnown, id).Scan(&known)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.Conflict, "auth.not_ours", "This token is its issuer's: it can only be revoked there.")
	}
	return err
}

func revoke(ctx context.Context, tx *command.Tx, id, account ident.ID, fact eventlog.Fact) error {
	if _, err := tx.Exec(ctx, revokeOne, id, tx.Now); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	_, err := emitOn(ctx, tx, account, fact)
	return err
}
