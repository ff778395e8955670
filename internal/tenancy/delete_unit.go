package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// DeleteUnit removes a unit that has neither units nor projects in it.
type DeleteUnit struct{ ID ident.ID }

func (c DeleteUnit) unit() ident.ID { return c.ID }

const (
	unitInUse  = `SELECT EXISTS (SELECT FROM unit WHERE parent_id = $1) OR EXISTS (SELECT FROM project WHERE unit_id = $1)`
	deleteUnit = `DELETE FROM unit WHERE id = $1`
)

func (desk) deleteUnit(ctx context.Context, tx *command.Tx, c DeleteUnit) (struct{}, error) {
	var none struct{}
	version, err := lockOrganization(ctx, tx, tx.Scope.Organization)
	if err != nil {
		return none, err
	}
	var used bool
	if err := tx.QueryRow(ctx, unitInUse, c.ID).Scan(&used); err != nil {
		return none, fmt.Errorf("look into unit: %w", err)
	}
	if used {
		return none, fault.New(fault.Conflict, "unit.in_use", "The unit still has units or projects in it. Move or delete those first.")
	}
	if _, err := tx.Exec(ctx, deleteUnit, c.ID); err != nil {
		return none, fmt.Errorf("delete unit: %w", err)
	}
	tx.Emit(organizationAt(tx.Scope.Organization, version), UnitDeleted{UnitID: c.ID})
	return none, nil
}
