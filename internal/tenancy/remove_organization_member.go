package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RemoveOrganizationMember ends a membership, and with it those in the
// organization's projects. Members may remove themselves.
type RemoveOrganizationMember struct {
	OrganizationID ident.ID
	UserID         ident.ID
}

const deleteOrganizationMember = `DELETE FROM organization_member WHERE organization_id = $1 AND user_id = $2`

func (desk) removeOrganizationMember(ctx context.Context, tx *command.Tx, c RemoveOrganizationMember) (struct{}, error) {
	var none struct{}
	version, err := lockOrganization(ctx, tx, c.OrganizationID)
	if err != nil {
		return none, err
	}
	seat, err := organizationSeat(ctx, tx, c.OrganizationID, c.UserID)
	if err != nil {
		return none, err
	}
	if seat.Role == "" {
		return none, errNoMember()
	}
	if c.UserID != tx.Actor.ID {
		if err := mayGrant(tx, seat.Role); err != nil {
			return none, err
		}
	}
	if seat.Role == Owner {
		if err := anotherOwner(ctx, tx, c.OrganizationID); err != nil {
			return none, err
		}
	}
	if _, err := tx.Exec(ctx, deleteOrganizationMember, c.OrganizationID, c.UserID); err != nil {
		return none, fmt.Errorf("remove member: %w", err)
	}
	tx.Emit(organizationAt(c.OrganizationID, version), OrganizationMemberRemoved{UserID: c.UserID, Role: seat.Role})
	return none, nil
}

func errNoMember() error {
	return fault.New(fault.NotFound, "tenancy.no_member", "This user is no member here.")
}
