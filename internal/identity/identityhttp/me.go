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

	registerEmail(api, s)

	huma.Register(api, httpx.Operation("session.list", http.MethodGet, "/api/v1/me/sessions", "List your sessions", tag),
		func(ctx context.Context, in *struct{ httpx.Paging }) (*httpx.List[Session], error) {
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

// EmailChange is what came of a change of address.
type EmailChange struct {
	Changed   bool       `json:"changed" doc:"Whether the address is yours now; else a code was sent there."`
	Email     string     `json:"email" doc:"The new address."`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Until when the code holds."`
}

func fromEmailChange(c identity.EmailChange) *out[EmailChange] {
	changed := EmailChange{Changed: c.Changed, Email: c.Email}
	if !c.Changed {
		changed.ExpiresAt = &c.ExpiresAt
	}
	return &out[EmailChange]{Body: changed}
}

func registerEmail(api huma.API, s *identity.Slice) {
	const path = "/api/v1/me/email"
	change := httpx.InGroup(httpx.RateAuth, httpx.Operation("me.change_email", http.MethodPost, path, "Change your e-mail address", tag))
	change.Description = "Where the installation sends e-mail, a code goes to the new address and `me.confirm_email` ends it; elsewhere the address changes at once. " +
		"Needs your password; of an account without one a code of its second factor, and of one that has neither a session that was opened within 15 minutes."
	huma.Register(api, change, func(ctx context.Context, in *struct {
		Body struct {
			Email    string `json:"email" format:"email" maxLength:"254"`
			Password string `json:"password,omitempty" maxLength:"1024" format:"password" doc:"Of an account that has one."`
			Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the authenticator app, or a recovery code, of an account without a password."`
		}
	},
	) (*out[EmailChange], error) {
		got, err := s.ChangeEmail(ctx, identity.ChangeEmail{Email: in.Body.Email, Password: secret.New(in.Body.Password), Code: secret.New(in.Body.Code)})
		if err != nil {
			return nil, err
		}
		return fromEmailChange(got), nil
	})

	confirm := httpx.InGroup(httpx.RateAuth, httpx.Operation("me.confirm_email", http.MethodPost, path+"/confirmation", "Confirm your new e-mail address by the code that was sent there", tag))
	huma.Register(api, confirm, func(ctx context.Context, in *struct {
		Body struct {
			Code string `json:"code" minLength:"1" maxLength:"40" doc:"Eight digits."`
		}
	},
	) (*out[EmailChange], error) {
		got, err := s.ConfirmEmail(ctx, identity.ConfirmEmail{Code: secret.New(in.Body.Code)})
		if err != nil {
			return nil, err
		}
		return fromEmailChange(got), nil
	})
}

// CreatedToken is a new token and, this one time, its secret.
type CreatedToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"Send it as “Authorization: Bearer …”; shown once."`
}

func registerTokens(api huma.API, s *identity.Slice) {
	const path = "/api/v1/tokens"
	huma.Register(api, httpx.Operation("token.list", http.MethodGet, path, "List your API tokens", tag),
		func(ctx context.Context, in *struct{ httpx.Paging }) (*httpx.List[Token], error) {
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
