package tenancyhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func registerUnits(api huma.API, s *tenancy.Slice) {
	huma.Register(api, httpx.Operation("unit.list", http.MethodGet, organizations+"/{id}/units", "List an organization's units, parents before children", tag),
		func(ctx context.Context, in *InOrganization) (*httpx.List[Unit], error) {
			units, err := s.Units(ctx, tenancy.ListUnits{OrganizationID: in.ID})
			if err != nil {
				return nil, err
			}
			return listed(tenancy.Page[tenancy.Unit]{Items: units}, fromUnit)
		})

	op := httpx.Operation("unit.create", http.MethodPost, organizations+"/{id}/units", "Add a unit", tag)
	op.DefaultStatus = http.StatusCreated
	huma.Register(api, op, func(ctx context.Context, in *struct {
		InOrganization
		Body struct {
			Name     string   `json:"name" minLength:"1" maxLength:"100"`
			ParentID ident.ID `json:"parent_id,omitempty" doc:"The unit to put it into; directly below the organization when absent."`
		}
	},
	) (*out[Unit], error) {
		u, err := s.CreateUnit(ctx, tenancy.CreateUnit{OrganizationID: in.ID, ParentID: in.Body.ParentID, Name: in.Body.Name})
		return shown(u, err, fromUnit)
	})

	huma.Register(api, httpx.Operation("unit.update", http.MethodPatch, "/api/v1/units/{id}", "Rename or move a unit, with what is in it", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			Body struct {
				Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
				ParentID *ident.ID `json:"parent_id,omitempty" doc:"The unit to put it into; the nil UUID puts it directly below the organization."`
			}
		},
		) (*out[Unit], error) {
			u, err := s.UpdateUnit(ctx, tenancy.UpdateUnit{ID: in.ID, Name: in.Body.Name, ParentID: in.Body.ParentID})
			return shown(u, err, fromUnit)
		})

	huma.Register(api, httpx.Operation("unit.delete", http.MethodDelete, "/api/v1/units/{id}", "Delete an empty unit", tag),
		func(ctx context.Context, in *InOrganization) (*nothing, error) {
			_, err := s.DeleteUnit(ctx, tenancy.DeleteUnit{ID: in.ID})
			return nil, err
		})
}
