package identityhttp

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const (
	flowCookie = "stoa_oidc"
	flowPath   = "/api/v1/auth/oidc"
)

// moved sends the browser elsewhere.
type moved struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie" doc:"What the browser keeps while it is at the issuer, or the session."`
}

func keptCookie(ctx context.Context, value string) http.Cookie {
	c := http.Cookie{
		Name: flowCookie, Value: value, Path: flowPath, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: httpx.IsSecure(ctx),
		MaxAge: int(identity.FlowFor / time.Second),
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// SignInProvider is an issuer that people may sign in through, as everybody may see it.
type SignInProvider struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Redirect is where the browser goes on.
type Redirect struct {
	URL string `json:"url" doc:"Empty: nowhere."`
}

func registerFlow(api huma.API, s *identity.Providers) {
	huma.Register(api, public("auth.providers", http.MethodGet, "/api/v1/auth/providers", "List what people may sign in through beside their password"),
		func(ctx context.Context, _ *struct{}) (*httpx.List[SignInProvider], error) {
			all, err := s.Offered(ctx, identity.OfferedProviders{})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, func(o identity.Offered) SignInProvider { return SignInProvider(o) }), nil
		})
	start := httpx.InGroup(httpx.RateAuth, public("auth.oidc_start", http.MethodGet, flowPath+"/{provider}/start", "Go and sign in at an issuer; for browsers"))
	start.DefaultStatus = http.StatusSeeOther
	huma.Register(api, start, func(ctx context.Context, in *struct {
		Provider string `path:"provider" maxLength:"40"`
		ReturnTo string `query:"return_to" maxLength:"2000" doc:"A path of the console to come back to." example:"/run"`
	},
	) (*moved, error) {
		to, err := s.Start(ctx, identity.StartSignIn{Provider: in.Provider, ReturnTo: in.ReturnTo})
		if fault.KindOf(err) == fault.Unavailable {
			return refused(ctx, err), nil
		}
		if err != nil {
			return nil, err
		}
		return &moved{Status: http.StatusSeeOther, Location: to.URL, SetCookie: []http.Cookie{keptCookie(ctx, to.Kept.Reveal())}}, nil
	})
	finish := httpx.InGroup(httpx.RateAuth, public("auth.oidc_finish", http.MethodGet, flowPath+"/{provider}/callback", "Come back from an issuer; for browsers"))
	finish.Description = "Whatever went wrong is told on the sign-in screen, by its code."
	finish.DefaultStatus = http.StatusSeeOther
	huma.Register(api, finish, func(ctx context.Context, in *struct {
		Browser
		Provider string `path:"provider" maxLength:"40"`
		Kept     string `cookie:"stoa_oidc" maxLength:"4096"`
		Code     string `query:"code" maxLength:"3000"`
		State    string `query:"state" maxLength:"200"`
		Issuer   string `query:"iss" maxLength:"500"`
		Error    string `query:"error" maxLength:"200"`
	},
	) (*moved, error) {
		done, err := s.Finish(ctx, identity.FinishSignIn{
			Provider: in.Provider, Kept: secret.New(in.Kept), UserAgent: in.UserAgent,
			Answer: identity.Answer{Code: in.Code, State: in.State, Issuer: in.Issuer, Error: in.Error},
		})
		switch {
		case err != nil && done.Linked:
			return elsewhere(ctx, "/account?problem="+url.QueryEscape(fault.Of(err).Code)), nil
		case err != nil:
			return refused(ctx, err), nil
		case done.ReturnTo == "":
			done.ReturnTo = "/run"
		}
		to := elsewhere(ctx, done.ReturnTo)
		if !done.Linked {
			session := cookie(ctx, done.SignedIn.Secret.Reveal())
			session.Expires = done.SignedIn.ExpiresAt
			to.SetCookie = append(to.SetCookie, session)
		}
		return to, nil
	})
	huma.Register(api, httpx.Operation("auth.sign_out_url", http.MethodGet, "/api/v1/auth/sign-out-url", "Ask where to sign out as well: at the issuer that opened the session", tag),
		func(ctx context.Context, _ *struct{}) (*out[Redirect], error) {
			at, err := s.SignOutURL(ctx, identity.GetSignOutURL{})
			return &out[Redirect]{Body: Redirect{URL: at}}, err
		})
}

// elsewhere forgets the flow and goes to a path of the console.
func elsewhere(ctx context.Context, path string) *moved {
	return &moved{Status: http.StatusSeeOther, Location: path, SetCookie: []http.Cookie{keptCookie(ctx, "")}}
}

// refused shows a person what a program would read: by its code, so that nobody can
// put words into our mouth with a link.
func refused(ctx context.Context, err error) *moved {
	return elsewhere(ctx, "/sign-in?problem="+url.QueryEscape(fault.Of(err).Code))
}

// LinkedIdentity is who somebody is at an outside issuer.
type LinkedIdentity struct {
	ID         ident.ID  `json:"id"`
	Provider   string    `json:"provider,omitempty" doc:"Absent: the issuer is no provider here any more."`
	Title      string    `json:"title,omitempty"`
	Issuer     string    `json:"issuer"`
	Subject    string    `json:"subject" doc:"The issuer's name for the person."`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
}

func registerIdentities(api huma.API, s *identity.Providers) {
	const identities = "/api/v1/me/identities"
	huma.Register(api, httpx.Operation("me.identities", http.MethodGet, identities, "List the issuers that you can sign in through", tag),
		func(ctx context.Context, _ *struct{}) (*httpx.List[LinkedIdentity], error) {
			all, err := s.Identities(ctx, identity.ListIdentities{})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, func(i identity.Identity) LinkedIdentity { return LinkedIdentity(i) }), nil
		})
	link := httpx.InGroup(httpx.RateAuth, httpx.Operation("me.link_identity", http.MethodPost, identities, "Begin to link your account to an issuer; for browsers", tag))
	huma.Register(api, link, func(ctx context.Context, in *struct {
		Body struct {
			Provider string `json:"provider" minLength:"1" maxLength:"40"`
			ReturnTo string `json:"return_to,omitempty" maxLength:"2000"`
		}
	},
	) (*struct {
		SetCookie http.Cookie `header:"Set-Cookie" doc:"What the browser keeps while it is at the issuer."`
		Body      Redirect
	}, error,
	) {
		to, err := s.Link(ctx, identity.LinkIdentity{Provider: in.Body.Provider, ReturnTo: in.Body.ReturnTo})
		if err != nil {
			return nil, err
		}
		return &struct {
			SetCookie http.Cookie `header:"Set-Cookie" doc:"What the browser keeps while it is at the issuer."`
			Body      Redirect
		}{keptCookie(ctx, to.Kept.Reveal()), Redirect{to.URL}}, nil
	})
	unlink := httpx.Operation("me.unlink_identity", http.MethodDelete, identities+"/{id}", "Unlink an issuer: the sessions and memberships that it gave end", tag)
	unlink.DefaultStatus = http.StatusNoContent
	huma.Register(api, unlink, func(ctx context.Context, in *ByID) (*nothing, error) {
		_, err := s.Unlink(ctx, identity.UnlinkIdentity{ID: in.ID})
		return nil, err
	})
}
