package tenancy

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// SetOrganizationMember adds somebody to an organization or changes their role.
type SetOrganizationMember struct {
	OrganizationID ident.ID
	UserID         ident.ID
	Role           permission.Role
}

// Validate checks the input's shape.
func (c SetOrganizationMember) Validate() error { return checkRole(c.Role, OrganizationRoles()) }

func (c SetOrganizationMember) organization() ident.ID { return c.OrganizationID }

func (d desk) setOrganizationMember(ctx context.Context, tx *command.Tx, c SetOrganizationMember) (Seat, error) {
	version, err := lockOrganization(ctx, tx, c.OrganizationID)
	if err != nil {
		return Seat{}, err
	}
	seat, err := organizationSeat(ctx, tx, c.OrganizationID, c.UserID)
	if err != nil {
		return Seat{}, err
	}
	for _, role := range []permission.Role{c.Role, seat.Role} {
		if err := mayGrant(tx, role); err != nil {
			return Seat{}, err
		}
	}
	if seat.Role == Owner && c.Role != Owner {
		if err := anotherOwner(ctx, tx, c.OrganizationID); err != nil {
			return Seat{}, err
		}
	}
	person, err := d.person(ctx, tx, c.UserID)
	if err != nil {
		return Seat{}, err
	}
	if err := checkServiceSeat(person, c.OrganizationID, c.Role); err != nil {
		return Seat{}, err
	}
	before := seat.Role
	if seat.JoinedAt.IsZero() {
		seat.JoinedAt = tx.Now
	}
	seat.UserID, seat.Role, seat.Person = c.UserID, c.Role, person
	if _, err := tx.Exec(ctx, upsertOrganizationMember, c.OrganizationID, c.UserID, c.Role, seat.JoinedAt); err != nil {
		return Seat{}, fmt.Errorf("store membership: %w", err)
	}
	tx.Emit(organizationAt(c.OrganizationID, version), OrganizationMemberSet{UserID: c.UserID, Role: c.Role, Before: before})
	return seat, nil
}

const (
	selectOrganizationSeat = `SELECT user_id, role, joined_at FROM organization_member WHERE organization_id = $1 AND user_id = $2`
	countOwners            = `SELECT count(*) FROM organization_member WHERE organization_id = $1 AND role = 'organization.owner'`
)

// organizationSeat reads a membership; the zero Seat means that there is none.
func organizationSeat(ctx context.Context, q pg.Querier, organization, user ident.ID) (Seat, error) {
	return pg.OneOrZero[Seat](ctx, q, selectOrganizationSeat, organization, user)
}

// anotherOwner refuses when the organization has but one owner. Its lock is held.
func anotherOwner(ctx context.Context, tx *command.Tx, organization ident.ID) error {
	var owners int
	if err := tx.QueryRow(ctx, countOwners, organization).Scan(&owners); err != nil {
		return fmt.Errorf("count owners: %w", err)
	}
	if owners < 2 {
		return errLastOwner()
	}
	return nil
}

func (d desk) person(ctx context.Context, q pg.Querier, id ident.ID) (Person, error) {
	people, err := d.people.People(ctx, q, []ident.ID{id})
	if err != nil {
		return Person{}, err
	}
	person, ok := people[id]
	if !ok {
		return Person{}, fault.New(fault.NotFound, "user.unknown", "There is no user with this id.")
	}
	return person, nil
}

func checkRole(role permission.Role, among []permission.Role) error {
	if slices.Contains(among, role) {
		return nil
	}
	return fault.New(fault.Invalid, "tenancy.role", "%q is no role here. Use one of %v.", role, among).At("body.role", fmt.Sprintf("must be one of %v", among))
}
