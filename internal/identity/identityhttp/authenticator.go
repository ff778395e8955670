package identityhttp

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// CookieName is the cookie that holds a session's secret.
const CookieName = "stoa_session"

// Method is one way to prove who one is. It returns false when the request shows
// nothing of its sort.
type Method interface {
	Authenticate(ctx context.Context, r *http.Request) (actor command.Actor, shown bool, err error)
}

// Authenticator asks its methods in turn. A request that shows nothing is anonymous;
// one that shows something that does not hold is refused, not taken for anonymous.
type Authenticator []Method

// NewAuthenticator knows Stoa's own sessions and API tokens.
func NewAuthenticator(c *identity.Credentials) Authenticator { return Authenticator{credentials{c}} }

// Authenticate tells who sent the request. The fault is Unauthenticated.
func (a Authenticator) Authenticate(ctx context.Context, r *http.Request) (command.Actor, error) {
	for _, method := range a {
		if actor, shown, err := method.Authenticate(ctx, r); shown {
			return actor, err
		}
	}
	if r.Header.Get("Authorization") != "" {
		return command.Actor{}, identity.ErrUnknownCredential()
	}
	return command.Actor{Kind: command.Anonymous}, nil
}

// Presume implements httpx.Presumer for API tokens: programs call often, people do not.
func (a Authenticator) Presume(r *http.Request) (command.Actor, command.Presumption, bool) {
	for _, method := range a {
		if own, ok := method.(credentials); ok {
			return own.known.Presume(identity.APIToken, tokenOf(r))
		}
	}
	return command.Actor{}, nil, false
}

type credentials struct{ known *identity.Credentials }

// Authenticate reads the bearer token, or else the session cookie. A bearer token
// that does not look like ours is another method's.
func (c credentials) Authenticate(ctx context.Context, r *http.Request) (actor command.Actor, shown bool, err error) {
	if text := tokenOf(r); strings.HasPrefix(text, "stoa_") {
		actor, err = c.known.Actor(ctx, identity.APIToken, text)
		return actor, true, err
	}
	if r.Header.Get("Authorization") != "" {
		return actor, false, nil
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil || cookie.Value == "" {
		return actor, false, nil //nolint:nilerr // no cookie is no credential
	}
	actor, err = c.known.Actor(ctx, identity.Session, cookie.Value)
	return actor, true, err
}

// AccessTokens knows the access tokens of outside issuers, shown as bearer tokens.
func AccessTokens(p *identity.Providers) Method { return accessTokens{p} }

type accessTokens struct{ providers *identity.Providers }

// Authenticate reads the bearer token.
func (a accessTokens) Authenticate(ctx context.Context, r *http.Request) (actor command.Actor, shown bool, err error) {
	scheme, text, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return actor, false, nil
	}
	return a.providers.Actor(ctx, strings.TrimSpace(text))
}

// tokenOf finds the token: as bearer; as a password, for clients that know no more than
// an address ("https://any:stoa_pat_…@host"); bare, or in X-Auth-Token, as clients of
// other code runners send theirs.
func tokenOf(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return cmp.Or(r.Header.Get("X-Auth-Token"), r.Header.Get("X-Auth-User"))
	}
	if scheme, text, found := strings.Cut(header, " "); found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(text)
	}
	return header
}
