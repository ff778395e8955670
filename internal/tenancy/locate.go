package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Location is where something stands in the tenancy.
type Location struct {
	Organization ident.ID
	Units        []ident.ID // the unit itself and those around it, innermost first
	Project      ident.ID
}

const (
	selectLocation = `SELECT organization_id, unit_id FROM project WHERE id = $1`
	selectUnitPath = `
WITH RECURSIVE path (id, parent_id, organization_id, depth) AS (
	SELECT id, parent_id, organization_id, 0 FROM unit WHERE id = $1
	UNION ALL
	SELECT u.id, u.parent_id, u.organization_id, path.depth + 1 FROM unit u JOIN path ON u.id = path.parent_id)
SELECT id, organization_id FROM path ORDER BY depth`
	selectBelongs      = `SELECT EXISTS (SELECT FROM organization_member WHERE organization_id = $1 AND user_id = $2)`
	selectProjectNames = `SELECT id, name FROM project WHERE id = ANY ($1)`
)

// Belongs tells whether an account holds a role in an organization, without which it has none in its projects.
func Belongs(ctx context.Context, q pg.Querier, organization, account ident.ID) (bool, error) {
	return pg.One[bool](ctx, q, selectBelongs, organization, account)
}

// ProjectNames are what those of ids that exist are called.
func ProjectNames(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]string, error) {
	rows, err := pg.All[struct {
		ID   ident.ID `db:"id"`
		Name string   `db:"name"`
	}](ctx, q, selectProjectNames, ids)
	if err != nil {
		return nil, fmt.Errorf("read names of projects: %w", err)
	}
	names := make(map[ident.ID]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, nil
}

// LocateOrganization finds an organization. NotFound if there is none.
func LocateOrganization(ctx context.Context, q pg.Querier, id ident.ID) (Location, error) {
	scope, err := organizationScope(ctx, q, selectOrganizationKnown, id)
	return Location{Organization: scope.Organization}, err
}

// LocateUnit finds a unit and those around it. NotFound if there is none.
func LocateUnit(ctx context.Context, q pg.Querier, id ident.ID) (Location, error) {
	path, err := pg.All[struct {
		ID           ident.ID `db:"id"`
		Organization ident.ID `db:"organization_id"`
	}](ctx, q, selectUnitPath, id)
	if err != nil {
		return Location{}, fmt.Errorf("locate unit: %w", err)
	}
	if len(path) == 0 {
		return Location{}, command.NotFoundIfNoRows(pgx.ErrNoRows)
	}
	at := Location{Organization: path[0].Organization}
	for _, unit := range path {
		at.Units = append(at.Units, unit.ID)
	}
	return at, nil
}

// LocateProject finds a project and what is around it. NotFound if there is none.
func LocateProject(ctx context.Context, q pg.Querier, id ident.ID) (Location, error) {
	at := Location{Project: id}
	var unit ident.ID
	if err := q.QueryRow(ctx, selectLocation, id).Scan(&at.Organization, &unit); err != nil {
		return Location{}, command.NotFoundIfNoRows(err)
	}
	if unit.IsZero() {
		return at, nil
	}
	around, err := LocateUnit(ctx, q, unit)
	at.Units = around.Units
	return at, err
}
