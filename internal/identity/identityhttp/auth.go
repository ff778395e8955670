package identityhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const tag = "Identity"

// Register adds identity's operations to the API.
// Address is how people reach the installation, for links.
func Register(api huma.API, s *identity.Slice, address func() string) {
	registerAuth(api, s)
	registerMe(api, s)
	registerSecondFactor(api, s, address)
	registerPasskeys(api, s, address)
	registerDevice(api, s, address)
	registerUsers(api, s)
	registerServiceAccounts(api, s)
}

// public is an operation before anybody is known. It counts against the slow rate
// when it can be used to guess.
func public(name, method, path, summary string) huma.Operation {
	op := httpx.Public(httpx.Operation(name, method, path, summary, tag))
	if method != http.MethodGet {
		op = httpx.InGroup(httpx.RateAuth, op)
	}
	return op
}

// Browser is what a sign-in notes of the browser. It is exported so that the contract shows its fields.
type Browser struct {
	UserAgent string `header:"User-Agent" maxLength:"2000" doc:"Shown in the list of sessions."`
}

// Newcomer is a person to be. It is exported so that the contract shows its fields.
type Newcomer struct {
	Email    string `json:"email" format:"email" maxLength:"254"`
	Name     string `json:"name" minLength:"1" maxLength:"100"`
	Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"At least as long as the setting identity.password.min_length says."`
}

func (n Newcomer) said() identity.Newcomer {
	return identity.Newcomer{Email: n.Email, Name: n.Name, Password: secret.New(n.Password)}
}

func registerAuth(api huma.API, s *identity.Slice) {
	type setup struct {
		Needed bool `json:"needed" doc:"The first administrator is still to come; stoad prints the link."`
	}
	huma.Register(api, public("setup.get", http.MethodGet, "/api/v1/setup", "Ask whether this installation is set up"),
		func(ctx context.Context, _ *struct{}) (*out[setup], error) {
			got, err := s.SetupNeeded(ctx, identity.GetSetup{})
			return &out[setup]{Body: setup{Needed: got.Needed}}, err
		})

	huma.Register(api, public("setup.complete", http.MethodPost, "/api/v1/setup", "Become the first administrator, and sign in"),
		func(ctx context.Context, in *struct {
			Browser
			Body struct {
				Newcomer
				Token string `json:"token" maxLength:"200" doc:"From the link that stoad prints."`
			}
		},
		) (*signedIn, error) {
			got, err := s.SetUp(ctx, identity.SetUp{Newcomer: in.Body.said(), Token: secret.New(in.Body.Token), UserAgent: in.UserAgent})
			return opened(ctx, got, err)
		})

	type registration struct {
		Mode identity.Registration `json:"mode" enum:"closed,invited,open"`
	}
	huma.Register(api, public("auth.registration", http.MethodGet, "/api/v1/auth/registration", "Ask who may register"),
		func(ctx context.Context, _ *struct{}) (*out[registration], error) {
			mode, err := s.Registration(ctx, identity.GetRegistration{})
			return &out[registration]{Body: registration{Mode: mode}}, err
		})

	huma.Register(api, public("auth.register", http.MethodPost, "/api/v1/auth/register", "Register, and sign in"),
		func(ctx context.Context, in *struct {
			Browser
			Body struct {
				Newcomer
				Invitation string `json:"invitation,omitempty" maxLength:"200" doc:"The token of an invitation's link."`
			}
		},
		) (*signedIn, error) {
			got, err := s.Register(ctx, identity.Register{Newcomer: in.Body.said(), Invitation: secret.New(in.Body.Invitation), UserAgent: in.UserAgent})
			return opened(ctx, got, err)
		})

	huma.Register(api, public("auth.sign_in", http.MethodPost, "/api/v1/auth/sign-in", "Sign in"),
		func(ctx context.Context, in *struct {
			Browser
			Body struct {
				Email    string `json:"email" minLength:"1" maxLength:"254"`
				Password string `json:"password" minLength:"1" maxLength:"1024" format:"password"`
			}
		},
		) (*signedInOrStep, error) {
			got, err := s.SignIn(ctx, identity.SignIn{Email: in.Body.Email, Password: secret.New(in.Body.Password), UserAgent: in.UserAgent})
			return openedOrStep(ctx, got, err)
		})

	huma.Register(api, httpx.Operation("auth.sign_out", http.MethodPost, "/api/v1/auth/sign-out", "Sign out: revoke the session or token that asks", tag),
		func(ctx context.Context, _ *struct{}) (*signedOut, error) {
			if _, err := s.SignOut(ctx, identity.SignOut{}); err != nil {
				return nil, err
			}
			cleared := cookie(ctx, "")
			cleared.MaxAge = -1
			return &signedOut{SetCookie: cleared}, nil
		})
}
