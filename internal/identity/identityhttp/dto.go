// Package identityhttp is identity's part of the API: set-up, signing in, one's own
// account, sessions and API tokens. It sets the session cookie.
package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// User is an account as its holder sees it.
type User struct {
	ID             ident.ID  `json:"id"`
	Email          string    `json:"email,omitempty" doc:"Absent for service accounts."`
	Name           string    `json:"name"`
	ServiceAccount bool      `json:"service_account,omitempty"`
	CreatedAt      time.Time `json:"created_at"`
}

func fromAccount(a identity.Account) User {
	return User{ID: a.ID, Email: a.Email, Name: a.Name, ServiceAccount: a.Email == "", CreatedAt: a.CreatedAt}
}

// Session is a browser's session.
type Session struct {
	ID            ident.ID   `json:"id"`
	Current       bool       `json:"current" doc:"The one that asks."`
	RemoteAddress string     `json:"remote_address,omitempty" doc:"Where it was opened."`
	UserAgent     string     `json:"user_agent,omitempty"`
	CreatedAt     time.Time  `json:"created_at"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	LastUsedAt    *time.Time `json:"last_used_at,omitempty" doc:"To the minute."`
}

func fromSession(c identity.Credential) Session {
	return Session{
		ID: c.ID, Current: c.Current, RemoteAddress: c.RemoteAddress, UserAgent: c.UserAgent,
		CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt, LastUsedAt: c.LastUsedAt,
	}
}

// Token is an API token, without its secret.
type Token struct {
	ID         ident.ID   `json:"id"`
	Name       string     `json:"name"`
	Current    bool       `json:"current" doc:"The one that asks."`
	Scopes     []string   `json:"scopes" doc:"Commands and queries, or groups of them, that it may issue; empty: all that you may."`
	ProjectID  ident.ID   `json:"project_id,omitzero" doc:"The only project that it reaches, if any."`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"To the minute."`
}

func fromToken(c identity.Credential) Token {
	if c.Scopes == nil {
		c.Scopes = []string{}
	}
	return Token{
		ID: c.ID, Name: c.Name, Current: c.Current, Scopes: c.Scopes, ProjectID: c.ProjectID,
		CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt, LastUsedAt: c.LastUsedAt,
	}
}

// Me is who the caller is, and what they can see.
type Me struct {
	User       User `json:"user"`
	Credential struct {
		Kind      string     `json:"kind" enum:"session,token,external" doc:"external: an outside issuer's access token; the id is the identity that it is about."`
		ID        ident.ID   `json:"id"`
		Name      string     `json:"name,omitempty"`
		Scopes    []string   `json:"scopes,omitempty"`
		ExpiresAt *time.Time `json:"expires_at,omitempty"`
	} `json:"credential"`
	PlatformRoles    []permission.Role `json:"platform_roles"`
	Organizations    []MyOrganization  `json:"organizations"`
	Projects         []MyProject       `json:"projects"`
	DefaultProjectID ident.ID          `json:"default_project_id,omitzero"`
	HasPassword      bool              `json:"has_password,omitempty" doc:"Whether you can sign in with a password."`
	PendingEmail     *PendingEmail     `json:"pending_email,omitempty" doc:"An address that you asked for, until the code that was sent there is given."`
}

// PendingEmail is an address that waits for its code.
type PendingEmail struct {
	Email     string    `json:"email"`
	ExpiresAt time.Time `json:"expires_at" doc:"Until when the code holds."`
}

// MyOrganization is an organization that the caller belongs to.
type MyOrganization struct {
	ID       ident.ID        `json:"id"`
	Slug     string          `json:"slug"`
	Name     string          `json:"name"`
	Personal bool            `json:"personal"`
	Role     permission.Role `json:"role"`
}

func myOrganization(o tenancy.Organization) MyOrganization {
	return MyOrganization{ID: o.ID, Slug: o.Slug, Name: o.Name, Personal: o.Personal, Role: o.Role}
}

// MyProject is a project that the caller can work in.
type MyProject struct {
	ID             ident.ID        `json:"id"`
	OrganizationID ident.ID        `json:"organization_id"`
	Slug           string          `json:"slug"`
	Name           string          `json:"name"`
	Role           permission.Role `json:"role" doc:"The effective one: owners and admins of the organization manage its projects."`
}

func myProject(p tenancy.Project) MyProject {
	return MyProject{ID: p.ID, OrganizationID: p.OrganizationID, Slug: p.Slug, Name: p.Name, Role: p.Role}
}

func fromMe(me identity.Me) Me {
	m := Me{
		User: fromAccount(me.Account), DefaultProjectID: me.DefaultProject, PlatformRoles: append([]permission.Role{}, me.PlatformRoles...),
		Organizations: httpx.Each(me.Organizations, myOrganization), Projects: httpx.Each(me.Projects, myProject),
	}
	m.HasPassword = me.HasPassword
	if p := me.PendingEmail; p != nil {
		m.PendingEmail = &PendingEmail{Email: p.Email, ExpiresAt: p.ExpiresAt}
	}
	m.Credential.Kind, m.Credential.ID, m.Credential.Name = string(me.Credential.Kind), me.Credential.ID, me.Credential.Name
	m.Credential.Scopes, m.Credential.ExpiresAt = me.Credential.Scopes, me.Credential.ExpiresAt
	return m
}

type out[T any] struct{ Body T }

func listed[V any](page tenancy.Page[identity.Credential], view func(identity.Credential) V) (*httpx.List[V], error) {
	var next string
	var err error
	if !page.Next.IsZero() {
		next, err = httpx.EncodeCursor(page.Next)
	}
	return &httpx.List[V]{Body: httpx.NewPage(httpx.Each(page.Items, view), next)}, err
}

func paging(in httpx.Paging) (p tenancy.Paging, err error) {
	p.Limit = in.Limit
	return p, httpx.DecodeCursor(in.Cursor, &p.After)
}

// signedIn is an answer that opens a session.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"The session, as the cookie stoa_session."`
	Body      struct {
		User User `json:"user"`
	}
}

func opened(ctx context.Context, s identity.SignedInOnce, err error) (*signedIn, error) {
	if err != nil {
		return nil, err
	}
	answer := &signedIn{SetCookie: cookie(ctx, s.Secret.Reveal())}
	answer.SetCookie.Expires = s.ExpiresAt
	answer.Body.User = fromAccount(s.Account)
	return answer, nil
}

// cookie is out of reach for scripts, and is not sent along with what other sites
// make a browser send, except for following a link.
func cookie(ctx context.Context, value string) http.Cookie {
	return http.Cookie{
		Name: CookieName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: httpx.IsSecure(ctx),
	}
}

// SignInAnswer says who has signed in, or that they have yet to show their second factor.
type SignInAnswer struct {
	User         *User             `json:"user,omitempty" doc:"Who has signed in."`
	SecondFactor *SecondFactorStep `json:"second_factor,omitempty" doc:"What is still asked for. Nobody has signed in yet."`
}

// SecondFactorStep is the rest of a sign-in.
type SecondFactorStep struct {
	Step      string    `json:"step" doc:"Send it with the code to /api/v1/auth/second-factor."`
	ExpiresAt time.Time `json:"expires_at"`
}

// signedInOrStep is an answer that opens a session, or asks for more.
type signedInOrStep struct {
	SetCookie []http.Cookie `header:"Set-Cookie" doc:"The session, as the cookie stoa_session; absent when a second factor is asked for."`
	Body      SignInAnswer
}

func openedOrStep(ctx context.Context, s identity.SignedInOnce, err error) (*signedInOrStep, error) {
	if err != nil {
		return nil, err
	}
	if !s.Step.IsEmpty() {
		return &signedInOrStep{Body: SignInAnswer{SecondFactor: &SecondFactorStep{Step: s.Step.Reveal(), ExpiresAt: s.ExpiresAt}}}, nil
	}
	whole, err := opened(ctx, s, nil)
	return &signedInOrStep{SetCookie: []http.Cookie{whole.SetCookie}, Body: SignInAnswer{User: &whole.Body.User}}, err
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"Clears the session's cookie."`
}
