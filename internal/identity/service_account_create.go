package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// CreateServiceAccount makes a service account and its first key.
type CreateServiceAccount struct {
	OrganizationID ident.ID
	ProjectID      ident.ID // zero: it belongs to the organization as a whole
	Name           string
	Description    string
	Role           permission.Role // of the project's, or of the organization's
	Scopes         []string        // of its keys, as of CreateToken
	KeyLasts       time.Duration   // zero: 90 days
}

const maxDescription = 500

// Validate checks the input's shape.
func (c CreateServiceAccount) Validate() error {
	if err := tenancy.CheckName("body.name", c.Name); err != nil {
		return err
	}
	if len([]rune(c.Description)) > maxDescription {
		return fault.New(fault.Invalid, "service_account.description", "A description has at most %d characters.", maxDescription).At("body.description", "is too long")
	}
	if len(c.Scopes) > maxScopes {
		return fault.New(fault.Invalid, "token.scopes", "A token has at most %d scopes; use groups like execution.*.", maxScopes).At("body.scopes", "has too many items")
	}
	return tenancy.CheckServiceRole(c.Role, !c.ProjectID.IsZero())
}

// ServiceAccountCreatedOnce carries the first key's secret, which is shown this one time.
type ServiceAccountCreatedOnce struct {
	Account ServiceAccount
	Key     TokenCreatedOnce
}

func newServiceAccountScope(ctx context.Context, tx *command.Tx, c CreateServiceAccount) (command.Scope, error) {
	return placeFor(ctx, tx, tx.Actor, c.OrganizationID, c.ProjectID)
}

// placeFor is the organization, or the project of it.
func placeFor(ctx context.Context, q pg.Querier, actor command.Actor, organization, project ident.ID) (command.Scope, error) {
	if project.IsZero() {
		at, err := tenancy.LocateOrganization(ctx, q, organization)
		return command.Scope{Organization: at.Organization}, err
	}
	scope, err := tenancy.ScopeFor(ctx, q, actor, project)
	if err == nil && scope.Organization != organization {
		return command.Scope{}, fault.New(fault.NotFound, "not_found", "The organization has no such project.")
	}
	return scope, err
}

const insertServiceAccount = `
INSERT INTO service_account (account_id, organization_id, project_id, description, scopes, created_by)
VALUES ($1, $2, $3, $4, coalesce($5::text[], '{}'), $6)`

func (d desk) createServiceAccount(ctx context.Context, tx *command.Tx, c CreateServiceAccount) (out ServiceAccountCreatedOnce, err error) {
	id := tx.NewID()
	if _, err := tx.Exec(ctx, insertService, id, c.Name, []permission.Role{}, c.ProjectID, tx.Now); err != nil {
		return out, fmt.Errorf("store account: %w", err)
	}
	if _, err := tx.Exec(ctx, insertServiceAccount, id, c.OrganizationID, c.ProjectID, c.Description, c.Scopes, tx.Actor.ID); err != nil {
		return out, fmt.Errorf("store service account: %w", err)
	}
	if err := tenancy.SeatServiceAccount(ctx, tx, id, c.Role); err != nil {
		return out, err
	}
	out.Key, err = d.issueKey(ctx, tx, ServiceAccount{ID: id, Name: c.Name, ProjectID: c.ProjectID, Scopes: c.Scopes}, c.KeyLasts)
	if err != nil {
		return out, err
	}
	tx.Emit(eventlog.Aggregate{Kind: "service_account", ID: id, Version: 1}, ServiceAccountCreated{Role: c.Role, Scopes: len(c.Scopes), KeyID: out.Key.Token.ID})
	tx.Audit("service_account", id, nil)
	out.Account, err = pg.One[ServiceAccount](ctx, tx, selectServiceAccount, tx.Now, id)
	return out, err
}

// issueKey makes a key. A narrow token cannot make a wider one here either.
func (d desk) issueKey(ctx context.Context, tx *command.Tx, a ServiceAccount, lasts time.Duration) (TokenCreatedOnce, error) {
	if err := d.checkScopes(a.Scopes, tx.Actor); err != nil {
		return TokenCreatedOnce{}, err
	}
	if lasts == 0 {
		lasts = defaultKey
	}
	expires := tx.Now.Add(lasts)
	key := Credential{
		ID: tx.NewID(), Kind: APIToken, Name: a.Name, Scopes: a.Scopes, ProjectID: a.ProjectID, CreatedAt: tx.Now, ExpiresAt: &expires,
	}
	text := secret.NewToken(apiToken, key.ID)
	return TokenCreatedOnce{Token: key, Secret: secret.New(text.Reveal())}, store(ctx, tx, key, a.ID, text.Hash())
}
