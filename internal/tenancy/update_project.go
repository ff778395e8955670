package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// UpdateProject changes what is given: the name, or the unit (the zero id moves the
// project directly below its organization). The slug stays, since links hold it.
type UpdateProject struct {
	ProjectID ident.ID
	Name      *string
	UnitID    *ident.ID
}

// Validate checks the input's shape.
func (c UpdateProject) Validate() error {
	if c.Name == nil && c.UnitID == nil {
		return fault.New(fault.Invalid, "project.nothing_to_change", "Give a name or a unit.")
	}
	if c.Name != nil {
		return CheckName("body.name", *c.Name)
	}
	return nil
}

func (c UpdateProject) project() ident.ID { return c.ProjectID }

const updateProject = `
UPDATE project SET name = coalesce($2, name), unit_id = CASE WHEN $3 THEN $4 ELSE unit_id END, version = version + 1
WHERE id = $1
RETURNING id, version, organization_id, unit_id, slug, name, created_at, archived_at`

func (desk) updateProject(ctx context.Context, tx *command.Tx, c UpdateProject) (Project, error) {
	var unit ident.ID
	if c.UnitID != nil {
		unit = *c.UnitID
		if err := checkUnit(ctx, tx, "body.unit_id", tx.Scope.Organization, unit); err != nil {
			return Project{}, err
		}
	}
	p, err := pg.One[Project](ctx, tx, updateProject, c.ProjectID, c.Name, c.UnitID != nil, unit)
	if err != nil {
		return Project{}, command.NotFoundIfNoRows(err)
	}
	p.Role = roleInProject(tx.Actor, p)
	tx.Emit(projectAt(p.ID, p.Version), ProjectUpdated{Renamed: c.Name != nil, UnitID: p.UnitID})
	return p, nil
}
