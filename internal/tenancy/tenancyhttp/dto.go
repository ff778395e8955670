// Package tenancyhttp is tenancy's part of the API: organizations, units,
// projects, members and invitations.
package tenancyhttp

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Organization is an organization as the API shows it.
type Organization struct {
	ID        ident.ID        `json:"id"`
	Slug      string          `json:"slug" doc:"The name as it stands in URLs; it stays when the name changes."`
	Name      string          `json:"name"`
	Personal  bool            `json:"personal" doc:"It came with somebody's registration."`
	Role      permission.Role `json:"role,omitempty" doc:"The caller's role, if any."`
	CreatedAt time.Time       `json:"created_at"`
}

// fromOrganization makes the API's view of an organization.
func fromOrganization(o tenancy.Organization) Organization {
	return Organization{ID: o.ID, Slug: o.Slug, Name: o.Name, Personal: o.Personal, Role: o.Role, CreatedAt: o.CreatedAt}
}

// Project is a project as the API shows it.
type Project struct {
	ID             ident.ID        `json:"id"`
	OrganizationID ident.ID        `json:"organization_id"`
	UnitID         ident.ID        `json:"unit_id,omitzero"`
	Slug           string          `json:"slug" doc:"The name as it stands in URLs; it stays when the name changes."`
	Name           string          `json:"name"`
	Role           permission.Role `json:"role,omitempty" doc:"The caller's effective role, if any: owners and admins of the organization manage its projects."`
	CreatedAt      time.Time       `json:"created_at"`
	ArchivedAt     *time.Time      `json:"archived_at,omitempty" doc:"Since when it takes no new work."`
}

// fromProject makes the API's view of a project.
func fromProject(p tenancy.Project) Project {
	return Project{
		ID: p.ID, OrganizationID: p.OrganizationID, UnitID: p.UnitID, Slug: p.Slug, Name: p.Name, Role: p.Role,
		CreatedAt: p.CreatedAt, ArchivedAt: p.ArchivedAt,
	}
}

// Unit is a department or team.
type Unit struct {
	ID             ident.ID  `json:"id"`
	OrganizationID ident.ID  `json:"organization_id"`
	ParentID       ident.ID  `json:"parent_id,omitzero"`
	Name           string    `json:"name"`
	CreatedAt      time.Time `json:"created_at"`
}

func fromUnit(u tenancy.Unit) Unit {
	return Unit{ID: u.ID, OrganizationID: u.OrganizationID, ParentID: u.ParentID, Name: u.Name, CreatedAt: u.CreatedAt}
}

// Member is somebody's membership.
type Member struct {
	UserID         ident.ID        `json:"user_id"`
	Name           string          `json:"name"`
	Email          string          `json:"email,omitempty"`
	ServiceAccount bool            `json:"service_account,omitempty"`
	Role           permission.Role `json:"role"`
	JoinedAt       time.Time       `json:"joined_at"`
}

func fromSeat(s tenancy.Seat) Member {
	return Member{
		UserID: s.UserID, Name: s.Person.Name, Email: s.Person.Email, ServiceAccount: s.Person.ServiceAccount,
		Role: s.Role, JoinedAt: s.JoinedAt,
	}
}

// Invitation is one that can still be accepted.
type Invitation struct {
	ID             ident.ID        `json:"id"`
	OrganizationID ident.ID        `json:"organization_id"`
	Email          string          `json:"email"`
	Role           permission.Role `json:"role"`
	InvitedBy      ident.ID        `json:"invited_by"`
	CreatedAt      time.Time       `json:"created_at"`
	ExpiresAt      time.Time       `json:"expires_at"`
}

func fromInvitation(i tenancy.Invitation) Invitation {
	return Invitation{
		ID: i.ID, OrganizationID: i.OrganizationID, Email: i.Email, Role: i.Role, InvitedBy: i.InvitedBy,
		CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
	}
}

type out[T any] struct{ Body T }

type nothing struct{}

func paging(in httpx.Paging) (p tenancy.Paging, err error) {
	p.Limit = in.Limit
	return p, httpx.DecodeCursor(in.Cursor, &p.After)
}

// listed turns a page of the slice into one of the API.
func listed[T, V any](page tenancy.Page[T], view func(T) V) (*httpx.List[V], error) {
	var next string
	var err error
	if !page.Next.IsZero() {
		next, err = httpx.EncodeCursor(page.Next)
	}
	return &httpx.List[V]{Body: httpx.NewPage(httpx.Each(page.Items, view), next)}, err
}

// shown turns one thing of the slice into one of the API.
func shown[T, V any](thing T, err error, view func(T) V) (*out[V], error) {
	if err != nil {
		return nil, err
	}
	return &out[V]{Body: view(thing)}, nil
}
