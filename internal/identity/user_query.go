package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// ListUsers asks for people, oldest account first.
type ListUsers struct {
	tenancy.Paging
	Find   string     // a part of the name or the address
	Status UserStatus // empty: any
}

// Validate checks the input's shape.
func (c ListUsers) Validate() error {
	if c.Status != "" && !slices.Contains([]UserStatus{UserActive, UserInvited, UserLocked}, c.Status) {
		return fault.New(fault.Invalid, "user.status", "%q is no status of users.", c.Status).At("query.status", "is not a status")
	}
	return nil
}

const selectUsers = userColumns + `
WHERE a.kind = 'user' AND ($2::uuid IS NULL OR a.id > $2)
  AND ($3 = '' OR strpos(lower(a.name), $3) > 0 OR strpos(a.email, $3) > 0)
  AND ($4 = '' OR $4 = CASE WHEN a.locked_at IS NOT NULL THEN 'locked'
	WHEN a.password_hash IS NULL AND a.last_sign_in_at IS NULL THEN 'invited' ELSE 'active' END)
ORDER BY a.id LIMIT $5`

func listUsers(ctx context.Context, q command.Query, in ListUsers) (tenancy.Page[User], error) {
	rows, err := pg.All[User](ctx, q, selectUsers, q.Now, in.After, strings.ToLower(in.Find), in.Status, in.Size()+1)
	return tenancy.PageOf(rows, in.Paging, func(u User) ident.ID { return u.ID }), err
}

// GetUser asks for everything that operators see of somebody.
type GetUser struct{ ID ident.ID }

// UserOverview is the answer. Lists have a hundred items at most.
type UserOverview struct {
	User
	Organizations []tenancy.Organization
	Projects      []tenancy.Project
	Sessions      []Credential
	Tokens        []Credential
	Activity      Activity
	WaysIn
}

// WaysIn is what somebody signs in with besides a password.
type WaysIn struct {
	App      bool `db:"app"` // an authenticator app
	Passkeys int  `db:"passkeys"`
}

const selectWaysIn = `
SELECT EXISTS (SELECT FROM second_factor WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS app,
	(SELECT count(*) FROM passkey WHERE account_id = $1) AS passkeys`

func (d desk) getUser(ctx context.Context, q command.Query, in GetUser) (o UserOverview, err error) {
	o.User, err = pg.One[User](ctx, q, selectUser, q.Now, in.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, errUnknownUser()
	}
	if err != nil {
		return o, fmt.Errorf("read user: %w", err)
	}
	as, err := pg.One[tenancy.Access](ctx, q, selectAccess, in.ID)
	if err != nil {
		return o, fmt.Errorf("read memberships: %w", err)
	}
	who := command.Actor{Kind: command.User, ID: in.ID}
	as.Grant(&who)
	if o.Organizations, err = tenancy.OrganizationsOf(ctx, q, who); err != nil {
		return o, fmt.Errorf("list organizations: %w", err)
	}
	if o.Projects, err = tenancy.ProjectsOf(ctx, q, who); err != nil {
		return o, fmt.Errorf("list projects: %w", err)
	}
	q.Actor = who
	for kind, into := range map[CredentialKind]*[]Credential{Session: &o.Sessions, APIToken: &o.Tokens} {
		page, err := listCredentials(kind)(ctx, q, ListCredentials{Paging: tenancy.Paging{Limit: tenancy.MaxPageSize}})
		if err != nil {
			return o, fmt.Errorf("list %ss: %w", kind, err)
		}
		*into = page.Items
	}
	if o.WaysIn, err = pg.One[WaysIn](ctx, q, selectWaysIn, in.ID); err != nil {
		return o, fmt.Errorf("read ways to sign in: %w", err)
	}
	o.Activity, err = d.elsewhere.Activity(ctx, q, in.ID)
	return o, err
}

const selectAccess = `SELECT ` + tenancy.AccessColumns + ` FROM account a` + tenancy.AccessJoins + ` WHERE a.id = $1`
