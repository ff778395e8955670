package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// The functions here are reservations: identity calls them in the transaction that
// makes an account, so that nobody exists without a place to work.

// Place is an organization and the project in it where somebody works by default.
type Place struct{ Organization, Project ident.ID }

// FoundPersonal founds a personal organization with a first project for a new user.
func FoundPersonal(ctx context.Context, tx *command.Tx, user ident.ID, name string) (Place, error) {
	o := Organization{ID: tx.NewID(), Name: name, Personal: true, CreatedAt: tx.Now}
	return foundWithProject(ctx, tx, &o, false, user)
}

// JoinHome makes somebody an owner of the home organization, which whoever runs the
// installation shares with the local operator; the first one founds it.
func JoinHome(ctx context.Context, tx *command.Tx, user ident.ID) (Place, error) {
	if _, err := tx.Exec(ctx, queueForHome); err != nil {
		return Place{}, fmt.Errorf("wait for the home organization: %w", err)
	}
	var place Place
	err := tx.QueryRow(ctx, selectHome).Scan(&place.Organization, &place.Project)
	if errors.Is(err, pgx.ErrNoRows) {
		o := Organization{ID: tx.NewID(), Name: "Home", CreatedAt: tx.Now}
		return foundWithProject(ctx, tx, &o, true, user)
	}
	if err != nil {
		return Place{}, fmt.Errorf("find the home organization: %w", err)
	}
	if err := takeSeat(ctx, tx, place.Organization, user, Owner); err != nil {
		return Place{}, err
	}
	return place, seatManager(ctx, tx, Project{ID: place.Project, OrganizationID: place.Organization}, user)
}

const (
	// Two who join at the same time must not both found it.
	queueForHome = `SELECT pg_advisory_xact_lock(hashtextextended('tenancy.home', 0))`
	selectHome   = `
SELECT o.id, p.id FROM organization o JOIN project p ON p.organization_id = o.id
WHERE o.home ORDER BY p.id LIMIT 1`
)

func foundWithProject(ctx context.Context, tx *command.Tx, o *Organization, home bool, owner ident.ID) (Place, error) {
	if err := found(ctx, tx, o, home, owner); err != nil {
		return Place{}, err
	}
	p := Project{ID: tx.NewID(), OrganizationID: o.ID, Name: "Default", CreatedAt: tx.Now}
	if err := foundProject(ctx, tx, &p); err != nil {
		return Place{}, err
	}
	return Place{Organization: o.ID, Project: p.ID}, seatManager(ctx, tx, p, owner)
}

// found stores a new organization under the first free slug, with its owner.
func found(ctx context.Context, tx *command.Tx, o *Organization, home bool, owner ident.ID) error {
	for _, o.Slug = range slugs(o.Name, o.ID) {
		err := tx.QueryRow(ctx, insertOrganization, o.ID, o.Slug, o.Name, o.Personal, home, o.CreatedAt).Scan(&o.Version)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("store organization: %w", err)
		}
		if _, err := tx.Exec(ctx, upsertOrganizationMember, o.ID, owner, Owner, o.CreatedAt); err != nil {
			return fmt.Errorf("store owner: %w", err)
		}
		emitIn(tx, command.Scope{Organization: o.ID}, organizationAt(o.ID, o.Version), OrganizationCreated{Personal: o.Personal})
		return nil
	}
	return fault.New(fault.Conflict, "organization.name_taken", "There is already an organization of this name.")
}

// takeSeat makes a newcomer a member. Somebody who already is one keeps the higher role.
func takeSeat(ctx context.Context, tx *command.Tx, organization, user ident.ID, role permission.Role) error {
	version, err := lockOrganization(ctx, tx, organization)
	if err != nil {
		return err
	}
	seat, err := organizationSeat(ctx, tx, organization, user)
	if err != nil || rank(seat.Role) >= rank(role) {
		return err
	}
	if _, err := tx.Exec(ctx, upsertOrganizationMember, organization, user, role, tx.Now); err != nil {
		return fmt.Errorf("store membership: %w", err)
	}
	emitIn(tx, command.Scope{Organization: organization}, organizationAt(organization, version),
		OrganizationMemberSet{UserID: user, Role: role, Before: seat.Role})
	return nil
}
