package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// SetProjectMember lets a member of the organization into a project or changes their role there.
type SetProjectMember struct {
	ProjectID ident.ID
	UserID    ident.ID
	Role      permission.Role
}

// Validate checks the input's shape.
func (c SetProjectMember) Validate() error { return checkRole(c.Role, ProjectRoles()) }

func (c SetProjectMember) project() ident.ID { return c.ProjectID }

func (d desk) setProjectMember(ctx context.Context, tx *command.Tx, c SetProjectMember) (Seat, error) {
	version, err := lockProject(ctx, tx, c.ProjectID)
	if err != nil {
		return Seat{}, err
	}
	belongs, err := lockSeat(ctx, tx, tx.Scope.Organization, c.UserID)
	if err != nil {
		return Seat{}, err
	}
	if !belongs {
		return Seat{}, fault.New(fault.Conflict, "project.not_in_organization", "Only members of the organization can work in its projects. Invite them to the organization first.")
	}
	seat, err := projectSeat(ctx, tx, c.ProjectID, c.UserID)
	if err != nil {
		return Seat{}, err
	}
	for _, role := range []permission.Role{c.Role, seat.Role} {
		if err := mayGrant(tx, role); err != nil {
			return Seat{}, err
		}
	}
	person, err := d.person(ctx, tx, c.UserID)
	if err != nil {
		return Seat{}, err
	}
	before := seat.Role
	if seat.JoinedAt.IsZero() {
		seat.JoinedAt = tx.Now
	}
	seat.UserID, seat.Role, seat.Person = c.UserID, c.Role, person
	if _, err := tx.Exec(ctx, upsertProjectMember, c.ProjectID, tx.Scope.Organization, c.UserID, c.Role, seat.JoinedAt); err != nil {
		return Seat{}, fmt.Errorf("store membership: %w", err)
	}
	tx.Emit(projectAt(c.ProjectID, version), ProjectMemberSet{UserID: c.UserID, Role: c.Role, Before: before})
	return seat, nil
}

const (
	bumpProject       = `UPDATE project SET version = version + 1 WHERE id = $1 RETURNING version`
	lockSeatShared    = `SELECT user_id FROM organization_member WHERE organization_id = $1 AND user_id = $2 FOR SHARE`
	selectProjectSeat = `SELECT user_id, role, joined_at FROM project_member WHERE project_id = $1 AND user_id = $2`
)

// lockProject takes the project's lock by giving it its next version.
func lockProject(ctx context.Context, tx *command.Tx, id ident.ID) (version int64, err error) {
	err = tx.QueryRow(ctx, bumpProject, id).Scan(&version)
	return version, command.NotFoundIfNoRows(err)
}

// lockSeat tells whether somebody belongs to the organization, and keeps them there
// until the transaction ends.
func lockSeat(ctx context.Context, tx *command.Tx, organization, user ident.ID) (bool, error) {
	id, err := pg.OneOrZero[ident.ID](ctx, tx, lockSeatShared, organization, user)
	return !id.IsZero(), err
}

// projectSeat reads a membership; the zero Seat means that there is none.
func projectSeat(ctx context.Context, q pg.Querier, project, user ident.ID) (Seat, error) {
	return pg.OneOrZero[Seat](ctx, q, selectProjectSeat, project, user)
}
