package tenancyhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

const (
	organizations = "/api/v1/organizations"
	tag           = "Organizations"
)

// Register adds tenancy's operations to the API.
func Register(api huma.API, s *tenancy.Slice) {
	registerOrganizations(api, s)
	registerUnits(api, s)
	registerInvitations(api, s)
	registerProjects(api, s)
}

// InOrganization and its like are exported because the edge sees no parameters in embedded structs that are not.
type InOrganization struct {
	ID ident.ID `path:"id"`
}

func registerOrganizations(api huma.API, s *tenancy.Slice) {
	huma.Register(api, httpx.Operation("organization.list", http.MethodGet, organizations, "List your organizations", tag),
		func(ctx context.Context, in *struct {
			httpx.Paging
			All bool `query:"all" doc:"Operators: also those you do not belong to."`
		},
		) (*httpx.List[Organization], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Organizations(ctx, tenancy.ListOrganizations{Paging: p, All: in.All})
			if err != nil {
				return nil, err
			}
			return listed(page, fromOrganization)
		})

	op := httpx.Operation("organization.create", http.MethodPost, organizations, "Found an organization", tag)
	op.DefaultStatus = http.StatusCreated
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"100"`
		}
	},
	) (*out[Organization], error) {
		o, err := s.CreateOrganization(ctx, tenancy.CreateOrganization{Name: in.Body.Name})
		return shown(o, err, fromOrganization)
	})

	huma.Register(api, httpx.Operation("organization.get", http.MethodGet, organizations+"/{id}", "Show an organization", tag),
		func(ctx context.Context, in *InOrganization) (*out[Organization], error) {
			o, err := s.Organization(ctx, tenancy.GetOrganization{OrganizationID: in.ID})
			return shown(o, err, fromOrganization)
		})

	huma.Register(api, httpx.Operation("organization.rename", http.MethodPatch, organizations+"/{id}", "Rename an organization", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			Body struct {
				Name string `json:"name" minLength:"1" maxLength:"100"`
			}
		},
		) (*out[Organization], error) {
			o, err := s.RenameOrganization(ctx, tenancy.RenameOrganization{OrganizationID: in.ID, Name: in.Body.Name})
			return shown(o, err, fromOrganization)
		})

	huma.Register(api, httpx.Operation("organization.members", http.MethodGet, organizations+"/{id}/members", "List an organization's members", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			httpx.Paging
		},
		) (*httpx.List[Member], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.OrganizationMembers(ctx, tenancy.ListOrganizationMembers{Paging: p, OrganizationID: in.ID})
			if err != nil {
				return nil, err
			}
			return listed(page, fromSeat)
		})

	huma.Register(api, httpx.Operation("organization.set_member", http.MethodPut, organizations+"/{id}/members/{user_id}", "Add a member or change their role", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			UserID ident.ID `path:"user_id"`
			Body   struct {
				Role string `json:"role" enum:"organization.owner,organization.admin,organization.member"`
			}
		},
		) (*out[Member], error) {
			seat, err := s.SetOrganizationMember(ctx, tenancy.SetOrganizationMember{OrganizationID: in.ID, UserID: in.UserID, Role: permission.Role(in.Body.Role)})
			return shown(seat, err, fromSeat)
		})

	huma.Register(api, httpx.Operation("organization.remove_member", http.MethodDelete, organizations+"/{id}/members/{user_id}", "Remove a member, or leave", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			UserID ident.ID `path:"user_id"`
		},
		) (*nothing, error) {
			_, err := s.RemoveOrganizationMember(ctx, tenancy.RemoveOrganizationMember{OrganizationID: in.ID, UserID: in.UserID})
			return nil, err
		})
}
