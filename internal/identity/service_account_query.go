package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// ListServiceAccounts asks for those of an organization, or of one of its projects,
// that the caller manages, oldest first.
type ListServiceAccounts struct {
	tenancy.Paging
	OrganizationID ident.ID
	ProjectID      ident.ID // zero: all
}

func amongServiceAccounts(ctx context.Context, q pg.Querier, actor command.Actor, in ListServiceAccounts) (command.Scope, error) {
	return placeFor(ctx, q, actor, in.OrganizationID, in.ProjectID)
}

func listServiceAccounts(ctx context.Context, q command.Query, in ListServiceAccounts) (tenancy.Page[ServiceAccount], error) {
	rows, err := pg.All[ServiceAccount](ctx, q, selectServiceAccounts, q.Now, in.OrganizationID, shownProjects(q.Actor, q.Scope), in.After, in.Size()+1)
	if err != nil {
		return tenancy.Page[ServiceAccount]{}, fmt.Errorf("list service accounts: %w", err)
	}
	return tenancy.PageOf(rows, in.Paging, func(a ServiceAccount) ident.ID { return a.ID }), nil
}

// shownProjects are those of the scope that the caller manages; nil means all of it.
func shownProjects(actor command.Actor, scope command.Scope) []ident.ID {
	switch manages := tenancy.Manages(actor, scope); {
	case manages && scope.Project.IsZero():
		return nil
	case manages:
		return []ident.ID{scope.Project}
	case !scope.Project.IsZero():
		return []ident.ID{}
	}
	shown := []ident.ID{}
	for id, m := range actor.Projects {
		if m.Organization == scope.Organization && tenancy.Manages(actor, command.Scope{Organization: m.Organization, Project: id}) {
			shown = append(shown, id)
		}
	}
	return shown
}

// GetServiceAccount asks for one.
type GetServiceAccount struct{ OfServiceAccount }

func getServiceAccount(ctx context.Context, q command.Query, in GetServiceAccount) (ServiceAccount, error) {
	a, err := pg.One[ServiceAccount](ctx, q, selectServiceAccount, q.Now, in.ID)
	return a, command.NotFoundIfNoRows(err)
}

// ListServiceKeys asks for the keys of a service account that hold, oldest first.
type ListServiceKeys struct {
	OfServiceAccount
	tenancy.Paging
}

func listServiceKeys(ctx context.Context, q command.Query, in ListServiceKeys) (tenancy.Page[Credential], error) {
	rows, err := pg.All[Credential](ctx, q, selectCredentials, in.ID, APIToken, q.Now, in.After, in.Size()+1)
	if err != nil {
		return tenancy.Page[Credential]{}, fmt.Errorf("list keys: %w", err)
	}
	for i := range rows {
		rows[i].Current = rows[i].ID == q.Actor.Credential
	}
	return tenancy.PageOf(rows, in.Paging, func(c Credential) ident.ID { return c.ID }), nil
}
