package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// CreateProject makes a project; the caller becomes its manager if they belong to
// the organization.
type CreateProject struct {
	OrganizationID ident.ID // zero: the one of the caller's default project
	UnitID         ident.ID
	Name           string
}

// Validate checks the input's shape.
func (c CreateProject) Validate() error { return CheckName("body.name", c.Name) }

func (desk) createProject(ctx context.Context, tx *command.Tx, c CreateProject) (Project, error) {
	organization := tx.Scope.Organization
	if err := checkUnit(ctx, tx, "body.unit_id", organization, c.UnitID); err != nil {
		return Project{}, err
	}
	p := Project{ID: tx.NewID(), OrganizationID: organization, UnitID: c.UnitID, Name: c.Name, CreatedAt: tx.Now}
	if err := foundProject(ctx, tx, &p); err != nil {
		return Project{}, err
	}
	if _, belongs := tx.Actor.Organizations[organization]; belongs {
		if err := seatManager(ctx, tx, p, tx.Actor.ID); err != nil {
			return Project{}, err
		}
		p.Role = ProjectManager
	}
	tx.Scope.Project = p.ID // for the audit record
	return p, nil
}

const (
	insertProject = `
INSERT INTO project (id, version, organization_id, unit_id, slug, name, created_at) VALUES ($1, 1, $2, $3, $4, $5, $6)
ON CONFLICT (organization_id, slug) DO NOTHING RETURNING version`
	upsertProjectMember = `
INSERT INTO project_member (project_id, organization_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role`
)

// foundProject stores a new project under the first free slug.
func foundProject(ctx context.Context, tx *command.Tx, p *Project) error {
	for _, p.Slug = range slugs(p.Name, p.ID) {
		err := tx.QueryRow(ctx, insertProject, p.ID, p.OrganizationID, p.UnitID, p.Slug, p.Name, p.CreatedAt).Scan(&p.Version)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("store project: %w", err)
		}
		emitIn(tx, command.Scope{Organization: p.OrganizationID, Project: p.ID}, projectAt(p.ID, p.Version), ProjectCreated{UnitID: p.UnitID})
		return nil
	}
	return fault.New(fault.Conflict, "project.name_taken", "The organization already has a project of this name.")
}

// seatManager makes an organization's member the manager of a project.
func seatManager(ctx context.Context, tx *command.Tx, p Project, user ident.ID) error {
	if _, err := tx.Exec(ctx, upsertProjectMember, p.ID, p.OrganizationID, user, ProjectManager, tx.Now); err != nil {
		return fmt.Errorf("store membership: %w", err)
	}
	return nil
}
