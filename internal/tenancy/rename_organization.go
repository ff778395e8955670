package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// RenameOrganization changes the name; the slug stays, since links hold it.
type RenameOrganization struct {
	OrganizationID ident.ID
	Name           string
}

// Validate checks the input's shape.
func (c RenameOrganization) Validate() error { return CheckName("body.name", c.Name) }

func (c RenameOrganization) organization() ident.ID { return c.OrganizationID }

const renameOrganization = `
UPDATE organization SET name = $2, version = version + 1 WHERE id = $1
RETURNING id, version, slug, name, personal, created_at`

func (desk) renameOrganization(ctx context.Context, tx *command.Tx, c RenameOrganization) (Organization, error) {
	o, err := pg.One[Organization](ctx, tx, renameOrganization, c.OrganizationID, c.Name)
	if err != nil {
		return Organization{}, command.NotFoundIfNoRows(err)
	}
	o.Role = tx.Actor.Organizations[o.ID]
	tx.Emit(organizationAt(o.ID, o.Version), OrganizationRenamed{})
	return o, nil
}

const bumpOrganization = `UPDATE organization SET version = version + 1 WHERE id = $1 RETURNING version`

// lockOrganization takes the organization's lock by giving it its next version.
// Whoever changes its people or units does this first, so that rules about all of
// them (one owner must remain) hold among callers at the same time.
func lockOrganization(ctx context.Context, tx *command.Tx, id ident.ID) (version int64, err error) {
	err = tx.QueryRow(ctx, bumpOrganization, id).Scan(&version)
	return version, command.NotFoundIfNoRows(err)
}
