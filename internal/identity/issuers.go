package identity

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Issuers talks to OpenID Connect issuers. Identityoidc implements it. Its faults say
// what is wrong with an issuer or a token, with codes auth.provider_….
type Issuers interface {
	// Discover reads the issuer's own description anew, and its keys.
	Discover(ctx context.Context, issuer string) (IssuerFacts, error)
	// SignInURL is where the browser goes to sign in.
	SignInURL(ctx context.Context, c Client, f Flow) (string, error)
	// Exchange gives the code back for the ID token, and checks that.
	Exchange(ctx context.Context, c Client, f Flow, a Answer) (Claims, error)
	// SignOutURL is where the browser goes to sign out there too; empty if nowhere.
	SignOutURL(ctx context.Context, c Client, back string) (string, error)
	// VerifyAccess checks an access token for one of the audiences (RFC 9068).
	VerifyAccess(ctx context.Context, issuer string, audiences []string, token string) (Claims, error)
	// VerifyLogout checks a logout token for the client (OpenID Connect Back-Channel Logout 1.0).
	VerifyLogout(ctx context.Context, c Client, token string) (Logout, error)
	// IssuerOf reads whose token it is, before anything of it is believed.
	IssuerOf(token string) (issuer string, ok bool)
}

// Client is how Stoa is known to an issuer.
type Client struct {
	Issuer   string
	ID       string
	Secret   secret.String // empty: a public client
	Scopes   []string      // beside openid
	Redirect string        // where the browser comes back to
}

// Answer is what the browser brings back from the issuer.
type Answer struct {
	Code, State, Issuer, Error string
}

// IssuerFacts is what an issuer says about itself.
type IssuerFacts struct {
	Problem       string // why it cannot be used; then the rest is empty
	Authorization string
	Token         string
	Keys          int // how many of its keys Stoa can use
	Algorithms    []string
	SignOut       bool // it offers RP-initiated logout
	NamesItself   bool // in its answers (RFC 9207)
	PKCE          bool // it says that it knows S256
	TellsLogout   bool // it offers back-channel logout
}
