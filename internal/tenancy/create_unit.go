package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// CreateUnit adds a unit below another one, or directly below the organization.
type CreateUnit struct {
	OrganizationID ident.ID
	ParentID       ident.ID
	Name           string
}

// Validate checks the input's shape.
func (c CreateUnit) Validate() error { return CheckName("body.name", c.Name) }

func (c CreateUnit) organization() ident.ID { return c.OrganizationID }

const insertUnit = `
INSERT INTO unit (id, organization_id, parent_id, name, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id, parent_id, name) DO NOTHING`

func (desk) createUnit(ctx context.Context, tx *command.Tx, c CreateUnit) (Unit, error) {
	version, err := lockOrganization(ctx, tx, c.OrganizationID)
	if err != nil {
		return Unit{}, err
	}
	if err := checkUnit(ctx, tx, "body.parent_id", c.OrganizationID, c.ParentID); err != nil {
		return Unit{}, err
	}
	u := Unit{ID: tx.NewID(), OrganizationID: c.OrganizationID, ParentID: c.ParentID, Name: c.Name, CreatedAt: tx.Now}
	tag, err := tx.Exec(ctx, insertUnit, u.ID, u.OrganizationID, u.ParentID, u.Name, u.CreatedAt)
	if err != nil {
		return Unit{}, fmt.Errorf("store unit: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return Unit{}, errUnitNamed()
	}
	tx.Emit(organizationAt(c.OrganizationID, version), UnitCreated{UnitID: u.ID, ParentID: u.ParentID})
	return u, nil
}

const unitBelongs = `SELECT EXISTS (SELECT FROM unit WHERE id = $1 AND organization_id = $2)`

// checkUnit refuses a unit of another organization; the zero id is none and passes.
// The organization's lock is held, or the reference is checked again by the database.
func checkUnit(ctx context.Context, tx *command.Tx, path string, organization, unit ident.ID) error {
	if unit.IsZero() {
		return nil
	}
	var known bool
	if err := tx.QueryRow(ctx, unitBelongs, unit, organization).Scan(&known); err != nil {
		return fmt.Errorf("look for unit: %w", err)
	}
	if !known {
		return fault.New(fault.Invalid, "unit.unknown", "The organization has no such unit.").At(path, "is not a unit of this organization")
	}
	return nil
}
