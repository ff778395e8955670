package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// ServiceAccount is an account of programs.
type ServiceAccount struct {
	ID             ident.ID        `json:"id"`
	OrganizationID ident.ID        `json:"organization_id"`
	ProjectID      ident.ID        `json:"project_id,omitzero" doc:"The only project that its keys reach; absent: it belongs to the organization as a whole."`
	Name           string          `json:"name"`
	Description    string          `json:"description,omitempty"`
	Role           permission.Role `json:"role,omitempty" doc:"In its project, or else in its organization; absent when somebody took it away."`
	Scopes         []string        `json:"scopes" doc:"Commands and queries, or groups of them, that its keys may issue; empty: all that its roles allow."`
	Disabled       bool            `json:"disabled" doc:"Its keys are refused until it is enabled."`
	DisabledAt     *time.Time      `json:"disabled_at,omitempty"`
	Keys           int             `json:"keys" doc:"How many keys hold now: at most 2."`
	LastUsedAt     *time.Time      `json:"last_used_at,omitempty" doc:"Of any of its keys, to the minute."`
	CreatedBy      ident.ID        `json:"created_by"`
	CreatedAt      time.Time       `json:"created_at"`
}

func fromServiceAccount(a identity.ServiceAccount) ServiceAccount {
	if a.Scopes == nil {
		a.Scopes = []string{}
	}
	return ServiceAccount{
		ID: a.ID, OrganizationID: a.OrganizationID, ProjectID: a.ProjectID, Name: a.Name, Description: a.Description, Role: a.Role(),
		Scopes: a.Scopes, Disabled: a.DisabledAt != nil, DisabledAt: a.DisabledAt, Keys: a.Keys, LastUsedAt: a.LastUsedAt,
		CreatedBy: a.CreatedBy, CreatedAt: a.CreatedAt,
	}
}

// ServiceKey is a key of a service account, without its secret.
type ServiceKey struct {
	ID         ident.ID   `json:"id"`
	Current    bool       `json:"current" doc:"The one that asks."`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"To the minute."`
}

func fromServiceKey(c identity.Credential) ServiceKey {
	return ServiceKey{ID: c.ID, Current: c.Current, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt, LastUsedAt: c.LastUsedAt}
}

// CreatedServiceAccount is a new service account and, this one time, its first key's secret.
type CreatedServiceAccount struct {
	ServiceAccount ServiceAccount `json:"service_account"`
	Key            ServiceKey     `json:"key"`
	Secret         string         `json:"secret" doc:"Send it as “Authorization: Bearer …”; shown once."`
}

// RotatedServiceKey is a new key and, this one time, its secret.
type RotatedServiceKey struct {
	Key          ServiceKey `json:"key"`
	Secret       string     `json:"secret" doc:"Send it as “Authorization: Bearer …”; shown once."`
	BeforeEndsAt *time.Time `json:"before_ends_at,omitempty" doc:"Until when the key before holds; absent when there was none."`
}

func of(id ident.ID) identity.OfServiceAccount { return identity.OfServiceAccount{ID: id} }

func shownServiceAccount(a identity.ServiceAccount, err error) (*out[ServiceAccount], error) {
	if err != nil {
		return nil, err
	}
	return &out[ServiceAccount]{Body: fromServiceAccount(a)}, nil
}

func registerServiceAccounts(api huma.API, s *identity.Slice) {
	const all, one = "/api/v1/organizations/{id}/service-accounts", "/api/v1/service-accounts/{id}"
	huma.Register(api, httpx.Operation("service_account.list", http.MethodGet, all, "List the service accounts that you manage", tag),
		func(ctx context.Context, in *struct {
			ID ident.ID `path:"id"`
			httpx.Paging
			ProjectID ident.ID `query:"project_id" doc:"Only those of this project."`
		},
		) (*httpx.List[ServiceAccount], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.ServiceAccounts(ctx, identity.ListServiceAccounts{Paging: p, OrganizationID: in.ID, ProjectID: in.ProjectID})
			if err != nil {
				return nil, err
			}
			var next string
			if !page.Next.IsZero() {
				next, err = httpx.EncodeCursor(page.Next)
			}
			return &httpx.List[ServiceAccount]{Body: httpx.NewPage(httpx.Each(page.Items, fromServiceAccount), next)}, err
		})

	create := httpx.Operation("service_account.create", http.MethodPost, all, "Make a service account and its first key", tag)
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, func(ctx context.Context, in *struct {
		ID   ident.ID `path:"id"`
		Body struct {
			Name          string          `json:"name" minLength:"1" maxLength:"100"`
			Description   string          `json:"description,omitempty" maxLength:"500"`
			ProjectID     ident.ID        `json:"project_id,omitempty" doc:"The only project that it shall reach. Without it, it belongs to the organization as a whole."`
			Role          permission.Role `json:"role" enum:"organization.admin,organization.member,project.manager,project.member,project.viewer" doc:"In the project, or else in the organization. Nobody gives more than they have."`
			Scopes        []string        `json:"scopes,omitempty" maxItems:"100" doc:"Names of commands and queries, or groups of them like execution.*; all that its roles allow when absent."`
			ExpiresInDays int             `json:"expires_in_days,omitempty" minimum:"1" maximum:"3650" default:"90" doc:"How long the first key lasts."`
		}
	},
	) (*out[CreatedServiceAccount], error) {
		made, err := s.CreateServiceAccount(ctx, identity.CreateServiceAccount{
			OrganizationID: in.ID, ProjectID: in.Body.ProjectID, Name: in.Body.Name, Description: in.Body.Description,
			Role: in.Body.Role, Scopes: in.Body.Scopes, KeyLasts: days(in.Body.ExpiresInDays),
		})
		if err != nil {
			return nil, err
		}
		return &out[CreatedServiceAccount]{Body: CreatedServiceAccount{
			ServiceAccount: fromServiceAccount(made.Account), Key: fromServiceKey(made.Key.Token), Secret: made.Key.Secret.Reveal(),
		}}, nil
	})

	huma.Register(api, httpx.Operation("service_account.get", http.MethodGet, one, "Show a service account", tag),
		func(ctx context.Context, in *ByID) (*out[ServiceAccount], error) {
			return shownServiceAccount(s.ServiceAccount(ctx, identity.GetServiceAccount{OfServiceAccount: of(in.ID)}))
		})
	huma.Register(api, httpx.Operation("service_account.disable", http.MethodPost, one+"/disable", "Refuse a service account's keys from now on", tag),
		func(ctx context.Context, in *ByID) (*out[ServiceAccount], error) {
			return shownServiceAccount(s.DisableServiceAccount(ctx, identity.DisableServiceAccount{OfServiceAccount: of(in.ID)}))
		})
	huma.Register(api, httpx.Operation("service_account.enable", http.MethodPost, one+"/enable", "Let a service account's keys hold again", tag),
		func(ctx context.Context, in *ByID) (*out[ServiceAccount], error) {
			return shownServiceAccount(s.EnableServiceAccount(ctx, identity.EnableServiceAccount{OfServiceAccount: of(in.ID)}))
		})
	huma.Register(api, httpx.Operation("service_account.delete", http.MethodDelete, one, "Delete a service account and revoke its keys", tag),
		func(ctx context.Context, in *ByID) (*nothing, error) {
			_, err := s.DeleteServiceAccount(ctx, identity.DeleteServiceAccount{OfServiceAccount: of(in.ID)})
			return nil, err
		})
	registerServiceKeys(api, s, one+"/keys")
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func registerServiceKeys(api huma.API, s *identity.Slice, path string) {
	huma.Register(api, httpx.Operation("service_account.keys", http.MethodGet, path, "List the keys of a service account that hold", tag),
		func(ctx context.Context, in *struct {
			ID ident.ID `path:"id"`
			httpx.Paging
		},
		) (*httpx.List[ServiceKey], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.ServiceKeys(ctx, identity.ListServiceKeys{OfServiceAccount: of(in.ID), Paging: p})
			if err != nil {
				return nil, err
			}
			return listed(page, fromServiceKey)
		})

	rotate := httpx.Operation("service_account.rotate_key", http.MethodPost, path+"/rotate", "Make a new key; the one before ends after an overlap", tag)
	rotate.DefaultStatus = http.StatusCreated
	huma.Register(api, rotate, func(ctx context.Context, in *struct {
		ID   ident.ID `path:"id"`
		Body struct {
			OverlapHours  *int `json:"overlap_hours,omitempty" minimum:"0" maximum:"720" nullable:"true" doc:"How long the key before still holds: 24 hours when absent; with 0 all keys before end now."`
			ExpiresInDays int  `json:"expires_in_days,omitempty" minimum:"1" maximum:"3650" default:"90" doc:"How long the new key lasts."`
		}
	},
	) (*out[RotatedServiceKey], error) {
		overlap := identity.DefaultOverlap
		if in.Body.OverlapHours != nil {
			overlap = time.Duration(*in.Body.OverlapHours) * time.Hour
		}
		made, err := s.RotateServiceKey(ctx, identity.RotateServiceKey{
			OfServiceAccount: of(in.ID), Overlap: overlap, Lasts: days(in.Body.ExpiresInDays),
		})
		if err != nil {
			return nil, err
		}
		return &out[RotatedServiceKey]{Body: RotatedServiceKey{Key: fromServiceKey(made.Key.Token), Secret: made.Key.Secret.Reveal(), BeforeEndsAt: made.EndsAt}}, nil
	})

	huma.Register(api, httpx.Operation("service_account.revoke_key", http.MethodDelete, path+"/{key_id}", "Revoke a key of a service account", tag),
		func(ctx context.Context, in *struct {
			ID    ident.ID `path:"id"`
			KeyID ident.ID `path:"key_id"`
		},
		) (*nothing, error) {
			_, err := s.RevokeServiceKey(ctx, identity.RevokeServiceKey{OfServiceAccount: of(in.ID), KeyID: in.KeyID})
			return nil, err
		})
}
