package tenancy

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ArchiveProject stops new work in a project; what is there stays and can be read.
type ArchiveProject struct{ ProjectID ident.ID }

func (c ArchiveProject) project() ident.ID { return c.ProjectID }

// RestoreProject lets an archived project take work again.
type RestoreProject struct{ ProjectID ident.ID }

func (c RestoreProject) project() ident.ID { return c.ProjectID }

const (
	archiveProject = `
UPDATE project SET archived_at = $2, version = version + 1 WHERE id = $1 AND archived_at IS NULL
RETURNING id, version, organization_id, unit_id, slug, name, created_at, archived_at`
	restoreProject = `
UPDATE project SET archived_at = NULL, version = version + 1 WHERE id = $1 AND archived_at IS NOT NULL
RETURNING id, version, organization_id, unit_id, slug, name, created_at, archived_at`
)

func (desk) archiveProject(ctx context.Context, tx *command.Tx, c ArchiveProject) (Project, error) {
	already := fault.New(fault.Conflict, "project.archived", "This project is archived already.")
	return moveProject(ctx, tx, ProjectArchived{}, already, archiveProject, c.ProjectID, tx.Now)
}

func (desk) restoreProject(ctx context.Context, tx *command.Tx, c RestoreProject) (Project, error) {
	already := fault.New(fault.Conflict, "project.not_archived", "This project is not archived.")
	return moveProject(ctx, tx, ProjectRestored{}, already, restoreProject, c.ProjectID)
}

// moveProject runs an update that affects no row when the project is there already.
func moveProject(ctx context.Context, tx *command.Tx, fact eventlog.Fact, already error, update string, args ...any) (Project, error) {
	p, err := pg.One[Project](ctx, tx, update, args...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Project{}, already
	}
	if err != nil {
		return Project{}, err
	}
	p.Role = roleInProject(tx.Actor, p)
	tx.Emit(projectAt(p.ID, p.Version), fact)
	return p, nil
}
