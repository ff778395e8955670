package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// EnsureLocalOperator gives the OS user who starts Stoa a credential for the CLI: who
// can start it and read its data can do everything anyway. The credential is an API
// token of a service account that is an operator and shares the home organization
// with the first administrator. Keep the token in a file that only that user can read.
type EnsureLocalOperator struct {
	User string        // the OS user, which names the token
	Kept secret.String // the token of an earlier start; it stays valid if it still is
}

// LocalOperator is the credential.
type LocalOperator struct {
	Token   secret.String
	Project ident.ID // where the local operator works by default
}

// localOperator is the account's id in every installation.
var localOperator = ident.Must("00000000-0000-7000-8000-000000000001")

const (
	lockLocalOperator  = `SELECT default_project_id FROM account WHERE id = $1 FOR UPDATE`
	insertService      = `INSERT INTO account (id, version, kind, name, platform_roles, default_project_id, created_at) VALUES ($1, 1, 'service_account', $2, $3, $4, $5)`
	credentialHash     = `SELECT secret_hash FROM credential WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL`
	revokeTokensByName = `UPDATE credential SET revoked_at = $3 WHERE account_id = $1 AND kind = 'token' AND name = $2 AND revoked_at IS NULL`
)

func ensureLocalOperator(ctx context.Context, tx *command.Tx, c EnsureLocalOperator) (LocalOperator, error) {
	project, err := localProject(ctx, tx)
	if err != nil {
		return LocalOperator{}, err
	}
	out := LocalOperator{Token: c.Kept, Project: project}
	if kept, err := secret.ParseToken(c.Kept.Reveal()); err == nil && kept.Kind == apiToken {
		hash, err := pg.One[[]byte](ctx, tx, credentialHash, kept.ID, localOperator)
		if err == nil && kept.Matches(hash) {
			return out, nil
		}
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return LocalOperator{}, fmt.Errorf("look for the local operator's token: %w", err)
		}
	}
	token := Credential{ID: tx.NewID(), Kind: APIToken, Name: cut("local operator: "+c.User, tenancy.MaxName), CreatedAt: tx.Now}
	if _, err := tx.Exec(ctx, revokeTokensByName, localOperator, token.Name, tx.Now); err != nil {
		return LocalOperator{}, fmt.Errorf("revoke the local operator's token: %w", err)
	}
	text := secret.NewToken(apiToken, token.ID)
	if err := store(ctx, tx, token, localOperator, text.Hash()); err != nil {
		return LocalOperator{}, err
	}
	out.Token = secret.New(text.Reveal())
	_, err = emitOn(ctx, tx, localOperator, TokenCreated{TokenID: token.ID})
	return out, err
}

// localProject is where the local operator works. The first call makes the account.
func localProject(ctx context.Context, tx *command.Tx) (ident.ID, error) {
	project, err := pg.One[ident.ID](ctx, tx, lockLocalOperator, localOperator)
	if !errors.Is(err, pgx.ErrNoRows) {
		return project, err
	}
	place, err := tenancy.JoinHome(ctx, tx, localOperator)
	if err != nil {
		return ident.ID{}, err
	}
	if _, err := tx.Exec(ctx, insertService, localOperator, "Local operator", []permission.Role{tenancy.Operator}, place.Project, tx.Now); err != nil {
		return ident.ID{}, fmt.Errorf("store the local operator: %w", err)
	}
	_, err = emitOn(ctx, tx, localOperator, OperatorAppointed{})
	return place.Project, err
}
