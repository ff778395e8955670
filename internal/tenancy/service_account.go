package tenancy

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// The functions here are reservations: identity calls them in the transactions that
// make, change and delete service accounts.

// CheckServiceRole refuses a role that a service account in this scope cannot have:
// one of a project's when it belongs to a project, else one of the organization's.
// None owns an organization, so that people always do.
func CheckServiceRole(role permission.Role, inProject bool) error {
	if inProject {
		return checkRole(role, ProjectRoles())
	}
	return checkRole(role, []permission.Role{Admin, Member})
}

// SeatServiceAccount makes a new service account a member of the command's scope: of
// the organization and, if there is one, of the project. Nobody gives more than they have.
func SeatServiceAccount(ctx context.Context, tx *command.Tx, account ident.ID, role permission.Role) error {
	scope, inOrganization := tx.Scope, role
	if !scope.Project.IsZero() {
		inOrganization = Member
	}
	for _, given := range []permission.Role{inOrganization, role} {
		if err := mayGrant(tx, given); err != nil {
			return err
		}
	}
	version, err := lockOrganization(ctx, tx, scope.Organization)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, upsertOrganizationMember, scope.Organization, account, inOrganization, tx.Now); err != nil {
		return fmt.Errorf("store membership: %w", err)
	}
	emitIn(tx, command.Scope{Organization: scope.Organization}, organizationAt(scope.Organization, version),
		OrganizationMemberSet{UserID: account, Role: inOrganization})
	if scope.Project.IsZero() {
		return nil
	}
	if version, err = lockProject(ctx, tx, scope.Project); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, upsertProjectMember, scope.Project, scope.Organization, account, role, tx.Now); err != nil {
		return fmt.Errorf("store membership: %w", err)
	}
	tx.Emit(projectAt(scope.Project, version), ProjectMemberSet{UserID: account, Role: role})
	return nil
}

// UnseatServiceAccount ends the memberships of a service account that is being deleted.
func UnseatServiceAccount(ctx context.Context, tx *command.Tx, account ident.ID) error {
	organization := tx.Scope.Organization
	version, err := lockOrganization(ctx, tx, organization)
	if err != nil {
		return err
	}
	seat, err := organizationSeat(ctx, tx, organization, account)
	if err != nil || seat.Role == "" {
		return err
	}
	if _, err := tx.Exec(ctx, deleteOrganizationMember, organization, account); err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	emitIn(tx, command.Scope{Organization: organization}, organizationAt(organization, version),
		OrganizationMemberRemoved{UserID: account, Role: seat.Role})
	return nil
}

// MayManage refuses to act on an account that holds a role above the caller's own:
// who could make a key for it would have that role.
func MayManage(tx *command.Tx, held Access) error {
	for _, role := range slices.Concat(held.OrganizationRoles, held.ProjectRoles) {
		if err := mayGrant(tx, role); err != nil {
			return err
		}
	}
	return nil
}

// Manages tells whether somebody manages what is in scope.
func Manages(actor command.Actor, scope command.Scope) bool {
	return slices.ContainsFunc(actor.RolesIn(scope), func(role permission.Role) bool {
		return slices.Contains([]permission.Role{ProjectManager, Admin, Owner, Operator}, role)
	})
}

// checkServiceSeat refuses memberships that no service account may have: of another
// organization than its own, and an owner's.
func checkServiceSeat(p Person, organization ident.ID, role permission.Role) error {
	switch {
	case p.Organization.IsZero():
		return nil
	case p.Organization != organization:
		return fault.New(fault.Conflict, "service_account.elsewhere", "This service account belongs to another organization. Make one here instead.")
	case role == Owner:
		return fault.New(fault.Conflict, "service_account.owner", "A service account cannot own an organization: give the role to a person.")
	}
	return nil
}
