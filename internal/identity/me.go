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
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// GetMe asks who the caller is, and what they can see.
type GetMe struct{}

// Me is the answer.
type Me struct {
	Account        Account
	Credential     Credential
	PlatformRoles  []permission.Role
	Organizations  []tenancy.Organization
	Projects       []tenancy.Project
	DefaultProject ident.ID
	HasPassword    bool
	PendingEmail   *PendingEmail // an address that waits for its code
}

const (
	selectAccount = `
SELECT id, version, kind, coalesce(email, '') AS email, name, platform_roles, default_project_id, created_at
FROM account WHERE id = $1`
	hasPassword      = `SELECT password_hash IS NOT NULL FROM account WHERE id = $1`
	selectCredential = `
SELECT id, kind, name, scopes, project_id, remote_address, user_agent, created_at, expires_at, last_used_at
FROM credential WHERE id = $1`
	selectIdentityAsCredential = `
SELECT e.id, $1::text AS kind, p.title AS name, '{}'::text[] AS scopes, NULL::uuid AS project_id, '' AS remote_address, '' AS user_agent,
	e.created_at, NULL::timestamptz AS expires_at, e.last_used_at
FROM external_identity e JOIN identity_provider p ON p.issuer = e.issuer WHERE e.id = $2`
)

func getMe(ctx context.Context, q command.Query, _ GetMe) (Me, error) {
	me := Me{PlatformRoles: q.Actor.Platform, DefaultProject: q.Actor.DefaultProject}
	var err error
	if me.Account, err = pg.One[Account](ctx, q, selectAccount, q.Actor.ID); err != nil {
		return Me{}, fmt.Errorf("read account: %w", err)
	}
	if me.HasPassword, err = pg.One[bool](ctx, q, hasPassword, q.Actor.ID); err != nil {
		return Me{}, fmt.Errorf("read password: %w", err)
	}
	if me.PendingEmail, err = pendingEmail(ctx, q); err != nil {
		return Me{}, err
	}
	me.Credential, err = pg.One[Credential](ctx, q, selectCredential, q.Actor.Credential)
	if errors.Is(err, pgx.ErrNoRows) { // an outside issuer's token: what is kept is the identity
		me.Credential, err = pg.One[Credential](ctx, q, selectIdentityAsCredential, ExternalToken, q.Actor.Credential)
		me.Credential.Scopes = q.Actor.OnlyActions
	}
	if err != nil {
		return Me{}, fmt.Errorf("read credential: %w", err)
	}
	if me.Organizations, err = tenancy.OrganizationsOf(ctx, q, q.Actor); err != nil {
		return Me{}, fmt.Errorf("list organizations: %w", err)
	}
	if me.Projects, err = tenancy.ProjectsOf(ctx, q, q.Actor); err != nil {
		return Me{}, fmt.Errorf("list projects: %w", err)
	}
	return me, nil
}

// People implements tenancy.People.
type People struct{}

// Operators lists the people who run the installation.
func (People) Operators(ctx context.Context, q pg.Querier) ([]ident.ID, error) {
	return pg.All[ident.ID](ctx, q, selectOperators, tenancy.Operator)
}

// Administrators lists the people who own or administer an organization.
func (People) Administrators(ctx context.Context, q pg.Querier, organization ident.ID) ([]ident.ID, error) {
	seats, err := tenancy.AdministratorsOf(ctx, q, organization)
	if err != nil {
		return nil, err
	}
	return pg.All[ident.ID](ctx, q, selectUsersAmong, seats)
}

// Email is a user's address; empty for service accounts and who is gone.
func (People) Email(ctx context.Context, q pg.Querier, user ident.ID) (string, error) {
	return pg.OneOrZero[string](ctx, q, selectEmail, user)
}

const (
	selectOperators  = `SELECT id FROM account WHERE kind = 'user' AND $1 = ANY (platform_roles) ORDER BY id`
	selectUsersAmong = `SELECT id FROM account WHERE kind = 'user' AND id = ANY ($1) ORDER BY id`
	selectEmail      = `SELECT coalesce(email, '') FROM account WHERE id = $1`
)

const selectHome = `
SELECT a.default_project_id FROM account a LEFT JOIN service_account s ON s.account_id = a.id WHERE a.id = $1 AND s.deleted_at IS NULL`

// Home is the project that an account works in when it names none; NotFound if it is gone.
func (People) Home(ctx context.Context, q pg.Querier, account ident.ID) (ident.ID, error) {
	home, err := pg.One[ident.ID](ctx, q, selectHome, account)
	if err != nil {
		return home, fmt.Errorf("find the account: %w", command.NotFoundIfNoRows(err))
	}
	return home, nil
}

const selectPeople = `
SELECT a.id, a.kind, coalesce(a.email, '') AS email, a.name, s.organization_id
FROM account a LEFT JOIN service_account s ON s.account_id = a.id WHERE a.id = ANY ($1) AND s.deleted_at IS NULL`

// People describes those of ids that exist.
func (People) People(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]tenancy.Person, error) {
	rows, err := pg.All[struct {
		ID    ident.ID          `db:"id"`
		Kind  command.ActorKind `db:"kind"`
		Email string            `db:"email"`
		Name  string            `db:"name"`

		Organization ident.ID `db:"organization_id"`
	}](ctx, q, selectPeople, ids)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people := make(map[ident.ID]tenancy.Person, len(rows))
	for _, row := range rows {
		people[row.ID] = tenancy.Person{ID: row.ID, Name: row.Name, Email: row.Email, ServiceAccount: row.Kind == command.ServiceAccount, Organization: row.Organization}
	}
	return people, nil
}

const selectNames = `
SELECT a.id, a.name, CASE WHEN a.kind = 'user' OR s.deleted_at IS NULL AND s.account_id IS NOT NULL THEN a.kind ELSE '' END AS kind
FROM account a LEFT JOIN service_account s ON s.account_id = a.id WHERE a.id = ANY ($1)`

// Called is what an account is called, and of what kind it is. The kind is empty when there is
// nothing more to see of it: it was deleted, or is the installation's own.
type Called struct {
	ID   ident.ID          `db:"id"`
	Name string            `db:"name"`
	Kind command.ActorKind `db:"kind"`
}

// Called are what those of ids that exist are called.
func (People) Called(ctx context.Context, q pg.Querier, ids []ident.ID) ([]Called, error) {
	called, err := pg.All[Called](ctx, q, selectNames, ids)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return called, nil
}

// Names are the names of those of ids that exist.
func (p People) Names(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]string, error) {
	called, err := p.Called(ctx, q, ids)
	names := make(map[ident.ID]string, len(called))
	for _, c := range called {
		names[c.ID] = c.Name
	}
	return names, err
}
