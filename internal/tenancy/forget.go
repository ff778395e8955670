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

const (
	selectSeatsOf = `
SELECT m.organization_id, o.name, o.personal, m.role,
	(SELECT count(*) FROM organization_member n WHERE n.organization_id = m.organization_id) AS members
FROM organization_member m JOIN organization o ON o.id = m.organization_id WHERE m.user_id = $1 ORDER BY m.organization_id`
	// Name and slug of a personal organization are its person's.
	closePersonal      = `UPDATE organization SET name = 'Deleted user', slug = id::text, version = version + 1 WHERE id = $1 RETURNING version`
	selectOpenProjects = `SELECT id FROM project WHERE organization_id = $1 AND archived_at IS NULL ORDER BY id`
)

// Forget ends all memberships of somebody whose account is being deleted: identity
// calls it in that transaction. Their personal organization loses its name and its
// projects are archived. It refuses while they are the last owner of what others use.
func Forget(ctx context.Context, tx *command.Tx, user ident.ID) error {
	seats, err := pg.All[struct {
		Organization ident.ID        `db:"organization_id"`
		Name         string          `db:"name"`
		Personal     bool            `db:"personal"`
		Role         permission.Role `db:"role"`
		Members      int             `db:"members"`
	}](ctx, tx, selectSeatsOf, user)
	if err != nil {
		return fmt.Errorf("read memberships: %w", err)
	}
	for _, seat := range seats {
		version, err := lockOrganization(ctx, tx, seat.Organization)
		if err != nil {
			return err
		}
		switch alone := seat.Personal && seat.Members == 1; {
		case alone:
			if version, err = closed(ctx, tx, seat.Organization, version); err != nil {
				return err
			}
		case seat.Role == Owner:
			if err := anotherOwner(ctx, tx, seat.Organization); fault.Is(err, "tenancy.last_owner") {
				return fault.New(fault.Conflict, "user.last_owner", "They are the last owner of the organization %s. Make somebody else an owner of it first.", seat.Name)
			} else if err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, deleteOrganizationMember, seat.Organization, user); err != nil {
			return fmt.Errorf("remove member: %w", err)
		}
		emitIn(tx, command.Scope{Organization: seat.Organization}, organizationAt(seat.Organization, version),
			OrganizationMemberRemoved{UserID: user, Role: seat.Role})
	}
	return nil
}

// closed takes the person's name off a personal organization and archives its projects.
func closed(ctx context.Context, tx *command.Tx, organization ident.ID, version int64) (int64, error) {
	projects, err := pg.All[ident.ID](ctx, tx, selectOpenProjects, organization)
	if err != nil {
		return 0, fmt.Errorf("read projects: %w", err)
	}
	for _, id := range projects {
		p, err := pg.One[Project](ctx, tx, archiveProject, id, tx.Now)
		if err != nil {
			return 0, fmt.Errorf("archive project: %w", err)
		}
		emitIn(tx, command.Scope{Organization: organization, Project: id}, projectAt(id, p.Version), ProjectArchived{})
	}
	emitIn(tx, command.Scope{Organization: organization}, organizationAt(organization, version), OrganizationRenamed{})
	if err := tx.QueryRow(ctx, closePersonal, organization).Scan(&version); err != nil {
		return 0, fmt.Errorf("close organization: %w", err)
	}
	return version, nil
}
