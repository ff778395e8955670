package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ListOrganizationMembers asks who belongs to an organization.
type ListOrganizationMembers struct {
	Paging
	OrganizationID ident.ID
}

func (c ListOrganizationMembers) organization() ident.ID { return c.OrganizationID }

// ListProjectMembers asks who works in a project. Owners and admins of the
// organization manage it without being listed.
type ListProjectMembers struct {
	Paging
	ProjectID ident.ID
}

func (c ListProjectMembers) project() ident.ID { return c.ProjectID }

const (
	selectOrganizationSeats = `
SELECT user_id, role, joined_at FROM organization_member
WHERE organization_id = $1 AND ($2::uuid IS NULL OR user_id > $2) ORDER BY user_id LIMIT $3`
	selectProjectSeats = `
SELECT user_id, role, joined_at FROM project_member
WHERE project_id = $1 AND ($2::uuid IS NULL OR user_id > $2) ORDER BY user_id LIMIT $3`
)

const selectAdministrators = `SELECT user_id FROM organization_member WHERE organization_id = $1 AND role = ANY ($2) ORDER BY user_id`

// AdministratorsOf lists the owners and admins of an organization, service accounts among them.
func AdministratorsOf(ctx context.Context, q pg.Querier, organization ident.ID) ([]ident.ID, error) {
	return pg.All[ident.ID](ctx, q, selectAdministrators, organization, []permission.Role{Owner, Admin})
}

func (d desk) listOrganizationMembers(ctx context.Context, q command.Query, in ListOrganizationMembers) (Page[Seat], error) {
	return d.seats(ctx, q, selectOrganizationSeats, in.OrganizationID, in.Paging)
}

func (d desk) listProjectMembers(ctx context.Context, q command.Query, in ListProjectMembers) (Page[Seat], error) {
	return d.seats(ctx, q, selectProjectSeats, in.ProjectID, in.Paging)
}

func (d desk) seats(ctx context.Context, q pg.Querier, sql string, of ident.ID, p Paging) (Page[Seat], error) {
	rows, err := pg.All[Seat](ctx, q, sql, of, p.After, p.Size()+1)
	if err != nil {
		return Page[Seat]{}, err
	}
	page := PageOf(rows, p, func(s Seat) ident.ID { return s.UserID })
	ids := make([]ident.ID, len(page.Items))
	for i, seat := range page.Items {
		ids[i] = seat.UserID
	}
	people, err := d.people.People(ctx, q, ids)
	if err != nil {
		return Page[Seat]{}, err
	}
	for i := range page.Items {
		page.Items[i].Person = people[page.Items[i].UserID]
	}
	return page, nil
}
