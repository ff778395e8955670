package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	selectProjectScope      = `SELECT organization_id, archived_at IS NOT NULL FROM project WHERE id = $1`
	selectOrganizationKnown = `SELECT id FROM organization WHERE id = $1`
	selectUnitScope         = `SELECT organization_id FROM unit WHERE id = $1`
	selectInvitationScope   = `SELECT organization_id FROM invitation WHERE id = $1`
)

// ProjectScope is where commands on a project and its contents act. NotFound if there is none.
func ProjectScope(ctx context.Context, q pg.Querier, project ident.ID) (command.Scope, error) {
	scope, _, err := projectScope(ctx, q, project)
	return scope, err
}

// ScopeFor is ProjectScope for a caller. A membership names the organization, which a
// project never leaves: who holds one need not ask.
func ScopeFor(ctx context.Context, q pg.Querier, actor command.Actor, project ident.ID) (command.Scope, error) {
	if m, ok := actor.Projects[project]; ok && !m.Organization.IsZero() {
		return command.Scope{Organization: m.Organization, Project: project}, nil
	}
	return ProjectScope(ctx, q, project)
}

// WorkScope is the scope of new work: the requested project, or the caller's default one.
// Archived projects refuse with a Conflict, told only to callers who may see them.
func WorkScope(ctx context.Context, q pg.Querier, actor command.Actor, requested ident.ID) (command.Scope, error) {
	id, err := ResolveProject(ctx, q, actor, requested)
	if err != nil {
		return command.Scope{}, err
	}
	scope, archived, err := projectScope(ctx, q, id)
	if err == nil && archived && Sees(actor, scope) {
		return scope, fault.New(fault.Conflict, "project.archived", "This project is archived and takes no new work. Restore it, or use another.")
	}
	return scope, err
}

// ResolveProject chooses the project that a caller means: the requested one, or by
// default the token's, or else the person's own. It does not look whether it exists.
func ResolveProject(_ context.Context, _ pg.Querier, actor command.Actor, requested ident.ID) (ident.ID, error) {
	for _, id := range []ident.ID{requested, actor.OnlyProject, actor.DefaultProject} {
		if !id.IsZero() {
			return id, nil
		}
	}
	return ident.ID{}, fault.New(fault.Invalid, "project.required", "Say which project: you have no default one.").At("body.project_id", "is required")
}

func projectScope(ctx context.Context, q pg.Querier, project ident.ID) (scope command.Scope, archived bool, err error) {
	scope.Project = project
	err = q.QueryRow(ctx, selectProjectScope, project).Scan(&scope.Organization, &archived)
	return scope, archived, command.NotFoundIfNoRows(err)
}

// finder finds the scope of a command or query.
type finder[C any] func(ctx context.Context, q pg.Querier, actor command.Actor, in C) (command.Scope, error)

func (find finder[C]) forCommand(ctx context.Context, tx *command.Tx, in C) (command.Scope, error) {
	return find(ctx, tx, tx.Actor, in)
}

func nowhere[C any](context.Context, pg.Querier, command.Actor, C) (command.Scope, error) {
	return command.Scope{}, nil
}

func inOrganization[C interface{ organization() ident.ID }](ctx context.Context, q pg.Querier, actor command.Actor, in C) (command.Scope, error) {
	return ownOrganization(ctx, q, actor, in.organization())
}

// ownOrganization is there when the caller belongs to it; else it is looked for.
func ownOrganization(ctx context.Context, q pg.Querier, actor command.Actor, id ident.ID) (command.Scope, error) {
	if _, ok := actor.Organizations[id]; ok {
		return command.Scope{Organization: id}, nil
	}
	return organizationScope(ctx, q, selectOrganizationKnown, id)
}

func inUnit[C interface{ unit() ident.ID }](ctx context.Context, q pg.Querier, _ command.Actor, in C) (command.Scope, error) {
	return organizationScope(ctx, q, selectUnitScope, in.unit())
}

func inInvitation(ctx context.Context, q pg.Querier, _ command.Actor, in RevokeInvitation) (command.Scope, error) {
	return organizationScope(ctx, q, selectInvitationScope, in.ID)
}

// inChosenOrganization is the organization that a project is created in: by default
// the one of the caller's default project.
func inChosenOrganization(ctx context.Context, q pg.Querier, actor command.Actor, in CreateProject) (command.Scope, error) {
	id := in.OrganizationID
	if id.IsZero() {
		id = actor.Projects[actor.DefaultProject].Organization
	}
	if id.IsZero() {
		return command.Scope{}, fault.New(fault.Invalid, "organization.required", "Say which organization: you have no default one.").At("body.organization_id", "is required")
	}
	return ownOrganization(ctx, q, actor, id)
}

func inProject[C interface{ project() ident.ID }](ctx context.Context, q pg.Querier, actor command.Actor, in C) (command.Scope, error) {
	return ScopeFor(ctx, q, actor, in.project())
}

// Leaving is one's own business: the membership belongs to whom it is about.

func leavingOrganization(ctx context.Context, q pg.Querier, _ command.Actor, in RemoveOrganizationMember) (command.Scope, error) {
	scope, err := organizationScope(ctx, q, selectOrganizationKnown, in.OrganizationID)
	scope.Owner = in.UserID
	return scope, err
}

func leavingProject(ctx context.Context, q pg.Querier, _ command.Actor, in RemoveProjectMember) (command.Scope, error) {
	scope, err := ProjectScope(ctx, q, in.ProjectID)
	scope.Owner = in.UserID
	return scope, err
}

func organizationScope(ctx context.Context, q pg.Querier, find string, id ident.ID) (scope command.Scope, err error) {
	err = q.QueryRow(ctx, find, id).Scan(&scope.Organization)
	return scope, command.NotFoundIfNoRows(err)
}
