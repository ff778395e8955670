package tenancy

import (
	"context"
	"maps"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// PageSize is how many items a list gives unless asked for less or more, MaxPageSize
// how many it gives at most.
const (
	PageSize    = 50
	MaxPageSize = 100
)

// Paging asks for the items after one, at most Limit of them.
type Paging struct {
	After ident.ID
	Limit int
}

// Size is how many items to give: Limit, within bounds.
func (p Paging) Size() int {
	if p.Limit <= 0 {
		return PageSize
	}
	return min(p.Limit, MaxPageSize)
}

// Page is a part of a list. Next is zero at its end.
type Page[T any] struct {
	Items []T
	Next  ident.ID
}

// PageOf cuts the one row too many that tells whether there is a next page.
func PageOf[T any](rows []T, p Paging, id func(T) ident.ID) Page[T] {
	if len(rows) <= p.Size() {
		return Page[T]{Items: rows}
	}
	rows = rows[:p.Size()]
	return Page[T]{Items: rows, Next: id(rows[len(rows)-1])}
}

// ListOrganizations asks for the organizations that the caller belongs to; operators
// may ask for all.
type ListOrganizations struct {
	Paging
	All bool
}

// GetOrganization asks for one organization.
type GetOrganization struct{ OrganizationID ident.ID }

func (c GetOrganization) organization() ident.ID { return c.OrganizationID }

const (
	selectOrganizations = `
SELECT id, version, slug, name, personal, created_at FROM organization
WHERE ($1 OR id = ANY ($2)) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`
	selectOrganization = `SELECT id, version, slug, name, personal, created_at FROM organization WHERE id = $1`
)

func (desk) listOrganizations(ctx context.Context, q command.Query, in ListOrganizations) (Page[Organization], error) {
	rows, err := pg.All[Organization](ctx, q, selectOrganizations, in.All && seesAll(q.Actor), visibleOrganizations(q.Actor), in.After, in.Size()+1)
	for i := range rows {
		rows[i].Role = q.Actor.Organizations[rows[i].ID]
	}
	return PageOf(rows, in.Paging, func(o Organization) ident.ID { return o.ID }), err
}

func (desk) getOrganization(ctx context.Context, q command.Query, in GetOrganization) (Organization, error) {
	o, err := pg.One[Organization](ctx, q, selectOrganization, in.OrganizationID)
	o.Role = q.Actor.Organizations[o.ID]
	return o, command.NotFoundIfNoRows(err)
}

// OrganizationsOf lists the organizations that somebody belongs to.
func OrganizationsOf(ctx context.Context, q pg.Querier, actor command.Actor) ([]Organization, error) {
	page, err := desk{}.listOrganizations(ctx, command.Query{Querier: q, Actor: actor}, ListOrganizations{Paging: Paging{Limit: MaxPageSize}})
	return page.Items, err
}

// ProjectsOf lists the projects in which somebody can work.
func ProjectsOf(ctx context.Context, q pg.Querier, actor command.Actor) ([]Project, error) {
	page, err := desk{}.listProjects(ctx, command.Query{Querier: q, Actor: actor}, ListProjects{Paging: Paging{Limit: MaxPageSize}})
	return page.Items, err
}

// seesAll tells whether the caller may list what they do not belong to.
func seesAll(actor command.Actor) bool {
	return slices.Contains(actor.Platform, Operator) && actor.OnlyProject.IsZero()
}

func visibleOrganizations(actor command.Actor) []ident.ID {
	if !actor.OnlyProject.IsZero() {
		return []ident.ID{}
	}
	return append([]ident.ID{}, slices.Collect(maps.Keys(actor.Organizations))...)
}

// ListProjects asks for the projects that the caller can see, of one organization or
// of all; operators may ask for everybody's.
type ListProjects struct {
	Paging
	OrganizationID ident.ID
	All            bool
	Archived       bool // also the archived ones
}

// GetProject asks for one project.
type GetProject struct{ ProjectID ident.ID }

func (c GetProject) project() ident.ID { return c.ProjectID }

const (
	selectProjects = `
SELECT id, version, organization_id, unit_id, slug, name, created_at, archived_at FROM project
WHERE ($1 OR id = ANY ($2) OR organization_id = ANY ($3))
  AND ($4::uuid IS NULL OR id = $4) AND ($5::uuid IS NULL OR organization_id = $5) AND ($6 OR archived_at IS NULL)
  AND ($7::uuid IS NULL OR id > $7)
ORDER BY id LIMIT $8`
	selectProject = `
SELECT id, version, organization_id, unit_id, slug, name, created_at, archived_at FROM project WHERE id = $1`
)

func (desk) listProjects(ctx context.Context, q command.Query, in ListProjects) (Page[Project], error) {
	mine := append([]ident.ID{}, slices.Collect(maps.Keys(q.Actor.Projects))...)
	rows, err := pg.All[Project](ctx, q, selectProjects, in.All && seesAll(q.Actor), mine, append([]ident.ID{}, managed(q.Actor)...),
		q.Actor.OnlyProject, in.OrganizationID, in.Archived, in.After, in.Size()+1)
	for i := range rows {
		rows[i].Role = roleInProject(q.Actor, rows[i])
	}
	return PageOf(rows, in.Paging, func(p Project) ident.ID { return p.ID }), err
}

func (desk) getProject(ctx context.Context, q command.Query, in GetProject) (Project, error) {
	p, err := pg.One[Project](ctx, q, selectProject, in.ProjectID)
	p.Role = roleInProject(q.Actor, p)
	return p, command.NotFoundIfNoRows(err)
}

// ListUnits asks for all units of an organization, parents before children.
type ListUnits struct{ OrganizationID ident.ID }

func (c ListUnits) organization() ident.ID { return c.OrganizationID }

// A child is born after its parent, so the order of ids is enough.
const selectUnits = `SELECT id, organization_id, parent_id, name, created_at FROM unit WHERE organization_id = $1 ORDER BY id`

func (desk) listUnits(ctx context.Context, q command.Query, in ListUnits) ([]Unit, error) {
	return pg.All[Unit](ctx, q, selectUnits, in.OrganizationID)
}
