package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ByID is exported because the edge sees no parameters in embedded structs that are not.
type ByID struct {
	ID ident.ID `path:"id"`
}

type nothing struct{}

func registerMe(api huma.API, s *identity.Slice) {
	huma.Register(api, httpx.Operation("me.get", http.MethodGet, "/api/v1/me", "Show who you are and what you can see", tag),
		func(ctx context.Context, _ *struct{}) (*out[Me], error) {
			me, err := s.Me(ctx, identity.GetMe{})
			if err != nil {
				return nil, err
			}
			return &out[Me]{Body: fromMe(me)}, nil
		})

	rename := httpx.Operation("me.update", http.MethodPatch, "/api/v1/me", "Change what you are called", tag)
	rename.Description = "Your address is changed by an operator."
	huma.Register(api, rename, func(ctx context.Context, in *struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"100"`
		}
	},
	) (*out[User], error) {
		a, err := s.UpdateMe(ctx, identity.UpdateMe{Name: in.Body.Name})
		if err != nil {
			return nil, err
		}
		return &out[User]{Body: fromAccount(a)}, nil
	})

	op := httpx.InGroup(httpx.RateAuth, httpx.Operation("me.change_password", http.MethodPost, "/api/v1/me/password", "Change your password; your other sessions end", tag))
	op.DefaultStatus = http.StatusNoContent
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Body struct {
			Current string `json:"current" minLength:"1" maxLength:"1024" format:"password"`
			New     string `json:"new" minLength:"1" maxLength:"1024" format:"password"`
		}
	},
	) (*nothing, error) {
		_, err := s.ChangePassword(ctx, identity.ChangePassword{Current: secret.New(in.Body.Current), New: secret.New(in.Body.New)})
		return nil, err
	})

	huma.Register(api, httpx.Operation("session.list", http.MethodGet, "/api/v1/me/sessions", "List your sessions", tag),
		func(ctx context.Context, in *struct{ httpx.Paging }) (*listOut[Session], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Sessions(ctx, identity.ListCredentials{Paging: p})
			if err != nil {
				return nil, err
			}
			return listed(page, fromSession)
		})

	huma.Register(api, httpx.Operation("session.revoke", http.MethodDelete, "/api/v1/me/sessions/{id}", "Revoke a session", tag),
		func(ctx context.Context, in *ByID) (*nothing, error) {
			_, err := s.RevokeSession(ctx, identity.RevokeCredential{ID: in.ID})
			return nil, err
		})

	registerTokens(api, s)
}

// CreatedToken is a new token and, this one time, its secret.
type CreatedToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"Send it as “Authorization: Bearer …”; shown once."`
}

func registerTokens(api huma.API, s *identity.Slice) {
	const path = "/api/v1/tokens"
	huma.Register(api, httpx.Operation("token.list", http.MethodGet, path, "List your API tokens", tag),
		func(ctx context.Context, in *struct{ httpx.Paging }) (*listOut[Token], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Tokens(ctx, identity.ListCredentials{Paging: p})
			if err != nil {
				return nil, err
			}
			return listed(page, fromToken)
		})

	op := httpx.Operation("token.create", http.MethodPost, path, "Make an API token", tag)
	op.DefaultStatus = http.StatusCreated
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Body struct {
			Name          string     `json:"name" minLength:"1" maxLength:"100"`
			Scopes        []string   `json:"scopes,omitempty" maxItems:"100" doc:"Names of commands and queries, or groups of them like execution.*; all that you may when absent."`
			ProjectID     ident.ID   `json:"project_id,omitempty" doc:"The only project that it shall reach."`
			ExpiresAt     *time.Time `json:"expires_at,omitempty"`
			ExpiresInDays int        `json:"expires_in_days,omitempty" minimum:"1" maximum:"3650" doc:"Instead of expires_at."`
		}
	},
	) (*out[CreatedToken], error) {
		made, err := s.CreateToken(ctx, identity.CreateToken{
			Name: in.Body.Name, Scopes: in.Body.Scopes, ProjectID: in.Body.ProjectID,
			ExpiresAt: in.Body.ExpiresAt, Lasts: time.Duration(in.Body.ExpiresInDays) * 24 * time.Hour,
		})
		if err != nil {
			return nil, err
		}
		return &out[CreatedToken]{Body: CreatedToken{Token: fromToken(made.Token), Secret: made.Secret.Reveal()}}, nil
	})

	huma.Register(api, httpx.Operation("token.revoke", http.MethodDelete, path+"/{id}", "Revoke an API token", tag),
		func(ctx context.Context, in *ByID) (*nothing, error) {
			_, err := s.RevokeToken(ctx, identity.RevokeCredential{ID: in.ID})
			return nil, err
		})
}
