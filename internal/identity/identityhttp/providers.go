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
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// IdentityProviderRule gives a role in an organization or a project to whom the issuer says something of.
type IdentityProviderRule struct {
	Claim          string          `json:"claim" minLength:"1" maxLength:"300" doc:"A claim's name, or a path into objects." example:"groups"`
	Value          string          `json:"value" minLength:"1" maxLength:"300" doc:"The claim's value, or one of a list's; * is any." example:"stoa-users"`
	OrganizationID ident.ID        `json:"organization_id,omitzero" doc:"May be left out with a project: it is the project's."`
	ProjectID      ident.ID        `json:"project_id,omitzero" doc:"Gives the role in this project, and membership of its organization."`
	Role           permission.Role `json:"role" enum:"organization.admin,organization.member,project.manager,project.member,project.viewer"`
}

// ProviderTerms is what an operator says about a provider.
type ProviderTerms struct {
	Title        string                 `json:"title" minLength:"1" maxLength:"100" doc:"Stands on the button." example:"Example account"`
	ClientID     string                 `json:"client_id" minLength:"1" maxLength:"300"`
	ClientSecret string                 `json:"client_secret,omitempty" maxLength:"1000" doc:"Kept sealed, never shown. Absent: as it is; a new provider without one is a public client."`
	Scopes       []string               `json:"scopes,omitempty" maxItems:"20" doc:"Asked for beside openid; profile and email when absent."`
	Audiences    []string               `json:"audiences,omitempty" maxItems:"20" doc:"The API accepts the issuer's access tokens that are meant for one of these; none when absent."`
	ScopeClaim   string                 `json:"scope_claim,omitempty" maxLength:"300" doc:"The claim of access tokens that names the commands and groups that they may use, for instance scope. Absent: everything that the person may do."`
	Registration string                 `json:"registration,omitempty" enum:"closed,rules,open" doc:"Who gets an account: nobody, whom a rule gives a membership (when absent), everybody whom the issuer knows."`
	TrustsEmail  bool                   `json:"trusts_email,omitempty" doc:"The issuer's e-mail addresses are true: who has an account's address gets the account."`
	Disabled     bool                   `json:"disabled,omitempty" doc:"Nobody signs in through it; disabling ends the sessions that it opened."`
	Rules        []IdentityProviderRule `json:"rules,omitempty" maxItems:"200"`
}

func (t ProviderTerms) said() identity.ProviderTerms {
	said := identity.ProviderTerms{
		Title: t.Title, ClientID: t.ClientID, ClientSecret: secret.New(t.ClientSecret), Scopes: t.Scopes, Audiences: t.Audiences, ScopeClaim: t.ScopeClaim,
		Registration: identity.Admission(t.Registration), TrustsEmail: t.TrustsEmail, Enabled: !t.Disabled,
	}
	if t.Scopes == nil {
		said.Scopes = []string{"profile", "email"}
	}
	if said.Registration == "" {
		said.Registration = identity.AdmitMatched
	}
	said.Rules = httpx.Each(t.Rules, func(r IdentityProviderRule) identity.Rule { return identity.Rule(r) })
	return said
}

// ProviderRequest asks for a provider.
type ProviderRequest struct {
	Name   string `json:"name" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9-]*$" doc:"Stands in addresses; stays." example:"example"`
	Issuer string `json:"issuer" minLength:"1" maxLength:"500" doc:"Its URL, exactly as it writes it itself; stays." example:"https://id.example.org/realms/main"`
	ProviderTerms
}

// IdentityProvider is an OpenID Connect issuer that people may sign in through.
type IdentityProvider struct {
	ID           ident.ID               `json:"id"`
	Name         string                 `json:"name"`
	Title        string                 `json:"title"`
	Issuer       string                 `json:"issuer"`
	ClientID     string                 `json:"client_id"`
	HasSecret    bool                   `json:"has_secret"`
	Scopes       []string               `json:"scopes"`
	Audiences    []string               `json:"audiences"`
	ScopeClaim   string                 `json:"scope_claim,omitempty"`
	Registration string                 `json:"registration" enum:"closed,rules,open"`
	TrustsEmail  bool                   `json:"trusts_email"`
	Disabled     bool                   `json:"disabled,omitempty"`
	Rules        []IdentityProviderRule `json:"rules"`
	RedirectURI  string                 `json:"redirect_uri" doc:"What the issuer must know as the client's redirect URI."`
	LogoutURI    string                 `json:"logout_uri" doc:"Where the issuer may tell that somebody signed out there (back-channel logout)."`
	CreatedAt    time.Time              `json:"created_at"`
	UpdatedAt    time.Time              `json:"updated_at"`
}

// IdentityProviderCheck is what an issuer says about itself.
type IdentityProviderCheck struct {
	OK                    bool     `json:"ok"`
	Problem               string   `json:"problem,omitempty" doc:"Why people could not sign in through it."`
	AuthorizationEndpoint string   `json:"authorization_endpoint,omitempty"`
	TokenEndpoint         string   `json:"token_endpoint,omitempty"`
	Keys                  int      `json:"keys" doc:"How many of its signing keys Stoa can use."`
	Algorithms            []string `json:"algorithms"`
	SignOut               bool     `json:"sign_out" doc:"Signing out of Stoa offers to sign out there too."`
	NamesItself           bool     `json:"names_itself" doc:"In its answers (RFC 9207)."`
	PKCE                  bool     `json:"pkce" doc:"It says that it knows S256."`
	TellsLogout           bool     `json:"tells_logout" doc:"It can tell Stoa when somebody signs out there (back-channel logout)."`
}

func presentProvider(s *identity.Providers) func(identity.Provider) IdentityProvider {
	return func(p identity.Provider) IdentityProvider {
		return IdentityProvider{
			ID: p.ID, Name: p.Name, Title: p.Title, Issuer: p.Issuer, ClientID: p.ClientID, HasSecret: p.ClientSecret != nil,
			Scopes: append([]string{}, p.Scopes...), Audiences: append([]string{}, p.Audiences...), ScopeClaim: p.ScopeClaim,
			Registration: string(p.Registration), TrustsEmail: p.TrustsEmail, Disabled: !p.Enabled,
			Rules: httpx.Each(p.Rules, func(r identity.Rule) IdentityProviderRule { return IdentityProviderRule(r) }), RedirectURI: s.RedirectURI(p.Name),
			LogoutURI: s.LogoutURI(p.Name),
			CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		}
	}
}

// RegisterProviders adds the operations about outside issuers.
func RegisterProviders(api huma.API, s *identity.Providers) {
	registerAdministration(api, s)
	registerFlow(api, s)
	registerLogout(api, s)
	registerIdentities(api, s)
}

func registerAdministration(api huma.API, s *identity.Providers) {
	const (
		tag       = "Identity providers"
		providers = "/api/v1/identity-providers"
	)
	present := presentProvider(s)
	one := func(p identity.Provider, err error) (*out[IdentityProvider], error) {
		if err != nil {
			return nil, err
		}
		return &out[IdentityProvider]{Body: present(p)}, nil
	}
	admin := func(name, method, path, summary string) huma.Operation {
		op := httpx.Operation(name, method, path, summary, tag)
		if method != http.MethodGet {
			op = httpx.InGroup(httpx.RateAdmin, op)
		}
		return op
	}
	huma.Register(api, admin("identity.provider.list", http.MethodGet, providers, "List the issuers that people may sign in through"),
		func(ctx context.Context, _ *struct{}) (*httpx.List[IdentityProvider], error) {
			all, err := s.List(ctx, identity.ListProviders{})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, present), nil
		})
	huma.Register(api, admin("identity.provider.get", http.MethodGet, providers+"/{id}", "Show a provider"),
		func(ctx context.Context, in *ByID) (*out[IdentityProvider], error) {
			return one(s.Get(ctx, identity.GetProvider{ID: in.ID}))
		})
	create := admin("identity.provider.create", http.MethodPost, providers, "Let people sign in through an OpenID Connect issuer")
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, func(ctx context.Context, in *struct{ Body ProviderRequest }) (*out[IdentityProvider], error) {
		return one(s.Create(ctx, identity.CreateProvider{Name: in.Body.Name, Issuer: in.Body.Issuer, ProviderTerms: in.Body.said()}))
	})
	huma.Register(api, admin("identity.provider.update", http.MethodPut, providers+"/{id}", "Change a provider, all of it but its name and issuer"),
		func(ctx context.Context, in *struct {
			ID   ident.ID `path:"id"`
			Body ProviderTerms
		},
		) (*out[IdentityProvider], error) {
			return one(s.Update(ctx, identity.UpdateProvider{ID: in.ID, ProviderTerms: in.Body.said()}))
		})
	remove := admin("identity.provider.remove", http.MethodDelete, providers+"/{id}", "Forget a provider, and end the sessions that it opened")
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, func(ctx context.Context, in *ByID) (*nothing, error) {
		_, err := s.Remove(ctx, identity.RemoveProvider{ID: in.ID})
		return nil, err
	})
	test := admin("identity.provider.test", http.MethodPost, providers+"/test", "Ask an issuer what it says about itself, and for its keys")
	huma.Register(api, test, func(ctx context.Context, in *struct {
		Body struct {
			ID     ident.ID `json:"id,omitzero" doc:"The issuer of this provider."`
			Issuer string   `json:"issuer,omitempty" maxLength:"500" doc:"Or one that is to become a provider's."`
		}
	},
	) (*out[IdentityProviderCheck], error) {
		f, err := s.Test(ctx, identity.TestProvider{ID: in.Body.ID, Issuer: in.Body.Issuer})
		if err != nil {
			return nil, err
		}
		return &out[IdentityProviderCheck]{Body: IdentityProviderCheck{
			OK: f.Problem == "", Problem: f.Problem,
			AuthorizationEndpoint: f.Authorization, TokenEndpoint: f.Token, Keys: f.Keys, Algorithms: append([]string{}, f.Algorithms...),
			SignOut: f.SignOut, NamesItself: f.NamesItself, PKCE: f.PKCE, TellsLogout: f.TellsLogout,
		}}, nil
	})
}
