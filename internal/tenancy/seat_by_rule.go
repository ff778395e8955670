package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// SeatByRule is a reservation that identity calls when an outside issuer says who
// belongs where: it gives somebody a role in an organization. Before is the role that
// it gave them the last time, empty if it never did. A membership that somebody made
// or changed by hand stays as it is, and is not held by the rule.
func SeatByRule(ctx context.Context, tx *command.Tx, organization, user ident.ID, role, before permission.Role) (held bool, err error) {
	seat, err := organizationSeat(ctx, tx, organization, user)
	if err != nil {
		return false, err
	}
	if seat.Role == role {
		return before == role, nil
	}
	version, err := lockOrganization(ctx, tx, organization)
	if err != nil {
		return false, err
	}
	if seat, err = organizationSeat(ctx, tx, organization, user); err != nil {
		return false, err
	}
	if seat.Role != "" && seat.Role != before {
		return false, nil
	}
	joined := seat.JoinedAt
	if joined.IsZero() {
		joined = tx.Now
	}
	if _, err := tx.Exec(ctx, upsertOrganizationMember, organization, user, role, joined); err != nil {
		return false, fmt.Errorf("store membership: %w", err)
	}
	emitIn(tx, command.Scope{Organization: organization}, organizationAt(organization, version),
		OrganizationMemberSet{UserID: user, Role: role, Before: seat.Role})
	return true, nil
}

// UnseatByRule ends what SeatByRule gave, unless somebody changed it by hand since.
func UnseatByRule(ctx context.Context, tx *command.Tx, organization, user ident.ID, before permission.Role) error {
	seat, err := organizationSeat(ctx, tx, organization, user)
	if err != nil || seat.Role != before {
		return err
	}
	version, err := lockOrganization(ctx, tx, organization)
	if err != nil {
		return err
	}
	if seat, err = organizationSeat(ctx, tx, organization, user); err != nil || seat.Role != before {
		return err
	}
	if _, err := tx.Exec(ctx, deleteOrganizationMember, organization, user); err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	emitIn(tx, command.Scope{Organization: organization}, organizationAt(organization, version),
		OrganizationMemberRemoved{UserID: user, Role: before})
	return nil
}
