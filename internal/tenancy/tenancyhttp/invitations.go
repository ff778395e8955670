package tenancyhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// CreatedInvitation is a new invitation and, this one time, its link.
type CreatedInvitation struct {
	Invitation Invitation `json:"invitation"`
	Secret     string     `json:"secret" doc:"What the invited person registers with or accepts; shown once."`
	Link       string     `json:"link" doc:"The console's path for it, below this installation's address."`
}

func registerInvitations(api huma.API, s *tenancy.Slice) {
	huma.Register(api, httpx.Operation("invitation.list", http.MethodGet, organizations+"/{id}/invitations", "List invitations that can still be accepted", tag),
		func(ctx context.Context, in *struct {
			InOrganization
			httpx.Paging
		},
		) (*httpx.List[Invitation], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Invitations(ctx, tenancy.ListInvitations{Paging: p, OrganizationID: in.ID})
			if err != nil {
				return nil, err
			}
			return listed(page, fromInvitation)
		})

	op := httpx.Operation("invitation.create", http.MethodPost, organizations+"/{id}/invitations", "Invite somebody", tag)
	op.DefaultStatus = http.StatusCreated
	huma.Register(api, op, func(ctx context.Context, in *struct {
		InOrganization
		Body struct {
			Email string `json:"email" format:"email" maxLength:"254" doc:"Nothing is sent there: pass the link on."`
			Role  string `json:"role" enum:"organization.owner,organization.admin,organization.member"`
		}
	},
	) (*out[CreatedInvitation], error) {
		made, err := s.CreateInvitation(ctx, tenancy.CreateInvitation{OrganizationID: in.ID, Email: in.Body.Email, Role: permission.Role(in.Body.Role)})
		if err != nil {
			return nil, err
		}
		text := made.Secret.Reveal()
		return &out[CreatedInvitation]{Body: CreatedInvitation{Invitation: fromInvitation(made.Invitation), Secret: text, Link: "/invitation?token=" + text}}, nil
	})

	huma.Register(api, httpx.Operation("invitation.revoke", http.MethodDelete, "/api/v1/invitations/{id}", "Revoke an invitation", tag),
		func(ctx context.Context, in *InOrganization) (*nothing, error) {
			_, err := s.RevokeInvitation(ctx, tenancy.RevokeInvitation{ID: in.ID})
			return nil, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("invitation.accept", http.MethodPost, "/api/v1/invitations/accept", "Accept an invitation", tag)),
		func(ctx context.Context, in *struct {
			Body struct {
				Secret string `json:"secret" maxLength:"200" doc:"The link's token."`
			}
		},
		) (*out[Organization], error) {
			o, err := s.AcceptInvitation(ctx, tenancy.AcceptInvitation{Link: secret.New(in.Body.Secret)})
			return shown(o, err, fromOrganization)
		})
}
