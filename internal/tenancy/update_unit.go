package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// UpdateUnit changes what is given: the name, or the unit that it is in (the zero id moves it directly below the
// organization). What is in it moves along.
type UpdateUnit struct {
	ID       ident.ID
	Name     *string
	ParentID *ident.ID
}

// Validate checks the input's shape.
func (c UpdateUnit) Validate() error {
	if c.Name == nil && c.ParentID == nil {
		return fault.New(fault.Invalid, "unit.nothing_to_change", "Give a name or a parent.")
	}
	if c.Name != nil {
		return CheckName("body.name", *c.Name)
	}
	return nil
}

func (c UpdateUnit) unit() ident.ID { return c.ID }

const (
	selectUnit = `SELECT id, organization_id, parent_id, name, created_at FROM unit WHERE id = $1`
	unitWithin = `
WITH RECURSIVE up AS (
	SELECT id, parent_id FROM unit WHERE id = $1
	UNION ALL
	SELECT u.id, u.parent_id FROM unit u JOIN up ON u.id = up.parent_id
) SELECT EXISTS (SELECT FROM up WHERE id = $2)`
	unitNamed  = `SELECT EXISTS (SELECT FROM unit WHERE organization_id = $1 AND parent_id IS NOT DISTINCT FROM $2 AND name = $3 AND id <> $4)`
	updateUnit = `UPDATE unit SET name = $2, parent_id = $3 WHERE id = $1`
)

func (desk) updateUnit(ctx context.Context, tx *command.Tx, c UpdateUnit) (Unit, error) {
	organization := tx.Scope.Organization
	version, err := lockOrganization(ctx, tx, organization)
	if err != nil {
		return Unit{}, err
	}
	u, err := pg.One[Unit](ctx, tx, selectUnit, c.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Unit{}, command.NotFoundIfNoRows(err) // deleted meanwhile
	}
	if err != nil {
		return Unit{}, fmt.Errorf("read unit: %w", err)
	}
	renamed := c.Name != nil && *c.Name != u.Name
	if c.Name != nil {
		u.Name = *c.Name
	}
	if c.ParentID != nil {
		u.ParentID = *c.ParentID
		if err := checkUnit(ctx, tx, "body.parent_id", organization, u.ParentID); err != nil {
			return Unit{}, err
		}
		var within bool
		if err := tx.QueryRow(ctx, unitWithin, u.ParentID, u.ID).Scan(&within); err != nil {
			return Unit{}, fmt.Errorf("look above the parent: %w", err)
		}
		if within {
			return Unit{}, fault.New(fault.Conflict, "unit.inside_itself", "A unit cannot be moved into itself or into one that it contains.")
		}
	}
	var taken bool
	if err := tx.QueryRow(ctx, unitNamed, organization, u.ParentID, u.Name, u.ID).Scan(&taken); err != nil {
		return Unit{}, fmt.Errorf("look for the name: %w", err)
	}
	if taken {
		return Unit{}, errUnitNamed()
	}
	if _, err := tx.Exec(ctx, updateUnit, u.ID, u.Name, u.ParentID); err != nil {
		return Unit{}, fmt.Errorf("store unit: %w", err)
	}
	tx.Emit(organizationAt(organization, version), UnitUpdated{UnitID: u.ID, ParentID: u.ParentID, Renamed: renamed})
	return u, nil
}

func errUnitNamed() error {
	return fault.New(fault.Conflict, "unit.name_taken", "There is already a unit of this name at this place.")
}
