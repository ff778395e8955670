package identityhttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Passkey is a key of one's own device or password manager, without the key.
type Passkey struct {
	ID         ident.ID   `json:"id"`
	Name       string     `json:"name"`
	Domain     string     `json:"domain" doc:"The host of the address that it was made at, and works at."`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

func fromPasskey(p identity.Passkey) Passkey {
	return Passkey{ID: p.ID, Name: p.Name, Domain: p.Domain, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt}
}

// PasskeyChallenge is what a browser hands to an authenticator.
type PasskeyChallenge struct {
	Options   map[string]any `json:"options" doc:"For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON (WebAuthn level 3)."`
	ExpiresAt time.Time      `json:"expires_at"`
}

func fromChallenge(c identity.PasskeyChallenge, err error) (*out[PasskeyChallenge], error) {
	if err != nil {
		return nil, err
	}
	answer := &out[PasskeyChallenge]{Body: PasskeyChallenge{ExpiresAt: c.ExpiresAt}}
	if err := json.Unmarshal(c.Options, &answer.Body.Options); err != nil {
		return nil, fmt.Errorf("read passkey options: %w", err)
	}
	return answer, nil
}

// Opened is where the browser's page comes from. It is exported so that the contract shows its fields.
type Opened struct {
	Origin string `header:"Origin" maxLength:"300" doc:"Sent by browsers. Passkeys work at the public address, and at http://localhost."`
}

// at is the origin that passkeys are for: the public address, or this very machine's.
// What authenticators sign names the origin too, so that another one gains nothing by saying localhost.
func (o Opened) at(address func() string) string {
	if u, err := url.Parse(o.Origin); err == nil && u.Hostname() == "localhost" {
		return o.Origin
	}
	return address()
}

func registerPasskeys(api huma.API, s *identity.Slice, address func() string) {
	huma.Register(api, public("auth.passkey_begin", http.MethodPost, "/api/v1/auth/passkey/challenge", "Ask what a passkey is to sign for signing in"),
		func(ctx context.Context, in *Opened) (*out[PasskeyChallenge], error) {
			return fromChallenge(s.BeginPasskeySignIn(ctx, identity.BeginPasskeySignIn{Origin: in.at(address)}))
		})

	huma.Register(api, public("auth.passkey", http.MethodPost, "/api/v1/auth/passkey", "Sign in with a passkey"),
		func(ctx context.Context, in *struct {
			Browser
			Opened
			Body struct {
				Credential map[string]any `json:"credential" doc:"What navigator.credentials.get gave, as its toJSON says."`
			}
		},
		) (*signedIn, error) {
			answer, err := json.Marshal(in.Body.Credential)
			if err != nil {
				return nil, fmt.Errorf("read passkey: %w", err)
			}
			got, err := s.SignInWithPasskey(ctx, identity.SignInWithPasskey{Origin: in.at(address), Answer: answer, UserAgent: in.UserAgent})
			return opened(ctx, got, err)
		})

	const path = "/api/v1/me/passkeys"
	huma.Register(api, httpx.Operation("passkey.list", http.MethodGet, path, "List your passkeys", tag),
		func(ctx context.Context, in *struct{ httpx.Paging }) (*httpx.List[Passkey], error) {
			p, err := paging(in.Paging)
			if err != nil {
				return nil, err
			}
			page, err := s.Passkeys(ctx, identity.ListPasskeys{Paging: p})
			if err != nil {
				return nil, err
			}
			var next string
			if !page.Next.IsZero() {
				next, err = httpx.EncodeCursor(page.Next)
			}
			return &httpx.List[Passkey]{Body: httpx.NewPage(httpx.Each(page.Items, fromPasskey), next)}, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("passkey.begin", http.MethodPost, path+"/challenge", "Ask what your authenticator is to make a passkey for", tag)),
		func(ctx context.Context, in *Opened) (*out[PasskeyChallenge], error) {
			return fromChallenge(s.BeginPasskey(ctx, identity.BeginPasskey{Origin: in.at(address)}))
		})

	add := httpx.InGroup(httpx.RateAuth, httpx.Operation("passkey.add", http.MethodPost, path, "Add a passkey: it signs you in from now on", tag))
	add.DefaultStatus = http.StatusCreated
	huma.Register(api, add, func(ctx context.Context, in *struct {
		Opened
		Body struct {
			Name       string         `json:"name" minLength:"1" maxLength:"100"`
			Credential map[string]any `json:"credential" doc:"What navigator.credentials.create gave, as its toJSON says."`
		}
	},
	) (*out[Passkey], error) {
		answer, err := json.Marshal(in.Body.Credential)
		if err != nil {
			return nil, fmt.Errorf("read passkey: %w", err)
		}
		made, err := s.AddPasskey(ctx, identity.AddPasskey{Origin: in.at(address), Name: in.Body.Name, Answer: answer})
		return &out[Passkey]{Body: fromPasskey(made)}, err
	})

	huma.Register(api, httpx.Operation("passkey.remove", http.MethodDelete, path+"/{id}", "Remove a passkey", tag),
		func(ctx context.Context, in *ByID) (*nothing, error) {
			_, err := s.RemovePasskey(ctx, identity.RemovePasskey{ID: in.ID})
			return nil, err
		})
}
