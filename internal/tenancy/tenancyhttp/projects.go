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
	projects   = "/api/v1/projects"
	projectTag = "Projects"
)

// InProject names a project in a path.
type InProject struct {
	ID ident.ID `path:"id"`
}

func registerProjects(api huma.API, s *tenancy.Slice) {
	huma.Register(api, httpx.Operation("project.list", http.MethodGet, projects, "List the projects that you can see", projectTag),
		func(ctx context.Context, in *struct {
			httpx.Paging
			OrganizationID ident.ID `query:"organization_id" doc:"Only this organization's."`
			Archived       bool     `query:"archived" doc:"Also the archived ones."`
			All            bool     `query:"all" doc:"Operators: also those you do not belong to."`
		},
		) (*httpx.List[Project], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Projects(ctx, tenancy.ListProjects{Paging: p, OrganizationID: in.OrganizationID, Archived: in.Archived, All: in.All})
			if err != nil {
				return nil, err
			}
			return listed(page, fromProject)
		})

	op := httpx.Operation("project.create", http.MethodPost, projects, "Make a project", projectTag)
	op.DefaultStatus = http.StatusCreated
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Body struct {
			Name           string   `json:"name" minLength:"1" maxLength:"100"`
			OrganizationID ident.ID `json:"organization_id,omitempty" doc:"The organization of your default project when absent."`
			UnitID         ident.ID `json:"unit_id,omitempty"`
		}
	},
	) (*out[Project], error) {
		p, err := s.CreateProject(ctx, tenancy.CreateProject{OrganizationID: in.Body.OrganizationID, UnitID: in.Body.UnitID, Name: in.Body.Name})
		return shown(p, err, fromProject)
	})

	huma.Register(api, httpx.Operation("project.get", http.MethodGet, projects+"/{id}", "Show a project", projectTag),
		func(ctx context.Context, in *InProject) (*out[Project], error) {
			p, err := s.Project(ctx, tenancy.GetProject{ProjectID: in.ID})
			return shown(p, err, fromProject)
		})

	huma.Register(api, httpx.Operation("project.update", http.MethodPatch, projects+"/{id}", "Rename or move a project", projectTag),
		func(ctx context.Context, in *struct {
			InProject
			Body struct {
				Name   *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
				UnitID *ident.ID `json:"unit_id,omitempty" doc:"The unit to put it into; the nil UUID puts it directly below the organization."`
			}
		},
		) (*out[Project], error) {
			p, err := s.UpdateProject(ctx, tenancy.UpdateProject{ProjectID: in.ID, Name: in.Body.Name, UnitID: in.Body.UnitID})
			return shown(p, err, fromProject)
		})

	huma.Register(api, httpx.Operation("project.archive", http.MethodDelete, projects+"/{id}", "Archive a project: it keeps what it has and takes no new work", projectTag),
		func(ctx context.Context, in *InProject) (*nothing, error) {
			_, err := s.ArchiveProject(ctx, tenancy.ArchiveProject{ProjectID: in.ID})
			return nil, err
		})

	huma.Register(api, httpx.Operation("project.restore", http.MethodPost, projects+"/{id}/restore", "Let an archived project take work again", projectTag),
		func(ctx context.Context, in *InProject) (*out[Project], error) {
			p, err := s.RestoreProject(ctx, tenancy.RestoreProject{ProjectID: in.ID})
			return shown(p, err, fromProject)
		})

	huma.Register(api, httpx.Operation("project.members", http.MethodGet, projects+"/{id}/members", "List a project's members", projectTag),
		func(ctx context.Context, in *struct {
			InProject
			httpx.Paging
		},
		) (*httpx.List[Member], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.ProjectMembers(ctx, tenancy.ListProjectMembers{Paging: p, ProjectID: in.ID})
			if err != nil {
				return nil, err
			}
			return listed(page, fromSeat)
		})

	huma.Register(api, httpx.Operation("project.set_member", http.MethodPut, projects+"/{id}/members/{user_id}", "Let a member of the organization in, or change their role", projectTag),
		func(ctx context.Context, in *struct {
			InProject
			UserID ident.ID `path:"user_id"`
			Body   struct {
				Role string `json:"role" enum:"project.manager,project.member,project.viewer"`
			}
		},
		) (*out[Member], error) {
			seat, err := s.SetProjectMember(ctx, tenancy.SetProjectMember{ProjectID: in.ID, UserID: in.UserID, Role: permission.Role(in.Body.Role)})
			return shown(seat, err, fromSeat)
		})

	huma.Register(api, httpx.Operation("project.remove_member", http.MethodDelete, projects+"/{id}/members/{user_id}", "Remove a member, or leave", projectTag),
		func(ctx context.Context, in *struct {
			InProject
			UserID ident.ID `path:"user_id"`
		},
		) (*nothing, error) {
			_, err := s.RemoveProjectMember(ctx, tenancy.RemoveProjectMember{ProjectID: in.ID, UserID: in.UserID})
			return nil, err
		})
}
