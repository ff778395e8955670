package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Ancestry is what something stands in.
type Ancestry struct {
	Organization ident.ID   `db:"organization"`
	Units        []ident.ID `db:"units"` // innermost first; a unit is in its own
	Project      ident.ID   `db:"project"`
}

const (
	// The depth bounds a circle of units, which no command can make.
	unitsAround = `
	WITH RECURSIVE around AS (
		SELECT id, parent_id, 1 AS depth FROM unit WHERE id = start.unit_id
		UNION ALL SELECT u.id, u.parent_id, a.depth + 1 FROM unit u JOIN around a ON u.id = a.parent_id WHERE a.depth < 100
	) SELECT coalesce(array_agg(id ORDER BY depth), '{}') FROM around`
	selectProjectAncestry = `SELECT organization_id AS organization, (` + unitsAround + `) AS units, id AS project FROM project start WHERE id = $1`
	selectUnitAncestry    = `SELECT organization_id AS organization, (` + unitsAround + `) AS units, NULL::uuid AS project
FROM (SELECT id AS unit_id, organization_id FROM unit WHERE id = $1) start`
	selectOrganizationAncestry = `SELECT id AS organization, '{}'::uuid[] AS units, NULL::uuid AS project FROM organization WHERE id = $1`
)

// ProjectAncestry is what a project stands in. NotFound if there is none.
func ProjectAncestry(ctx context.Context, q pg.Querier, project ident.ID) (Ancestry, error) {
	return ancestry(ctx, q, selectProjectAncestry, project)
}

// UnitAncestry is what a unit stands in, itself included. NotFound if there is none.
func UnitAncestry(ctx context.Context, q pg.Querier, unit ident.ID) (Ancestry, error) {
	return ancestry(ctx, q, selectUnitAncestry, unit)
}

// OrganizationAncestry is the organization itself. NotFound if there is none.
func OrganizationAncestry(ctx context.Context, q pg.Querier, organization ident.ID) (Ancestry, error) {
	return ancestry(ctx, q, selectOrganizationAncestry, organization)
}

func ancestry(ctx context.Context, q pg.Querier, sql string, id ident.ID) (Ancestry, error) {
	a, err := pg.One[Ancestry](ctx, q, sql, id)
	return a, command.NotFoundIfNoRows(err)
}
