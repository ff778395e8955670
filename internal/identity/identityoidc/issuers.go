// Package identityoidc talks to OpenID Connect issuers: it discovers them, sends
// browsers there, exchanges codes, and checks ID tokens and access tokens. What an
// issuer says about itself and its keys are kept for a while, so that no request waits
// for another system, and outlive an issuer that is down.
package identityoidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
)

const (
	// metadataFor is how long an issuer's description is good; keysFor how long its keys are.
	metadataFor = time.Hour
	keysFor     = 5 * time.Minute
	// staleFor is how long either is used when the issuer cannot be reached.
	staleFor = 24 * time.Hour
	// retryAfter is how long is waited before an issuer is asked again: that failed to
	// answer, or for a key that it may have made since.
	retryAfter = 10 * time.Second
	// callFor is how long one call may take.
	callFor = 10 * time.Second
)

// algorithms are those whose keys can be public: never none, never a shared secret.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

func algorithmNames() []string {
	var names []string
	for _, a := range algorithms() {
		names = append(names, string(a))
	}
	return names
}

// Config is what Issuers need.
type Config struct {
	Transport http.RoundTripper // that calls issuers: outbound's
	Clock     clock.Clock
	Observe   func(call string, err error) // is told of each call to an issuer: discovery, keys, token, userinfo
}

// Issuers implements identity.Issuers. It is safe for concurrent use.
type Issuers struct {
	http    *http.Client
	clock   clock.Clock
	observe func(call string, err error)

	mu    sync.Mutex
	byURL map[string]*issuer
}

var _ identity.Issuers = (*Issuers)(nil)

// New makes Issuers.
func New(c Config) *Issuers {
	if c.Observe == nil {
		c.Observe = func(string, error) {}
	}
	return &Issuers{
		http: &http.Client{
			Transport: c.Transport, Timeout: callFor,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		clock: c.Clock, observe: c.Observe, byURL: map[string]*issuer{},
	}
}

// issuer is one, as it described itself. Only those of providers get here, so that
// there are as many as operators made.
type issuer struct {
	url  string
	keys *keySet
	meta cached[*metadata]
}

// metadata is the discovery document.
type metadata struct {
	provider *oidc.Provider

	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Keys          string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	NamesItself   bool     `json:"authorization_response_iss_parameter_supported"`
	TellsLogout   bool     `json:"backchannel_logout_supported"`
}

func (i *Issuers) issuer(at string) *issuer {
	i.mu.Lock()
	defer i.mu.Unlock()
	known, ok := i.byURL[at]
	if !ok {
		known = i.newIssuer(at)
		i.byURL[at] = known
	}
	return known
}

func (i *Issuers) newIssuer(at string) *issuer {
	one := &issuer{url: at}
	one.meta = cached[*metadata]{clock: i.clock, freshFor: metadataFor, fetch: func(ctx context.Context) (*metadata, error) {
		meta, err := i.discover(ctx, at)
		i.observe("discovery", err)
		return meta, err
	}}
	one.keys = &keySet{cached: cached[[]jose.JSONWebKey]{clock: i.clock, freshFor: keysFor, fetch: func(ctx context.Context) ([]jose.JSONWebKey, error) {
		meta, err := one.meta.get(ctx)
		if err != nil {
			return nil, err
		}
		keys, err := i.fetchKeys(ctx, meta.Keys)
		i.observe("keys", err)
		return keys, err
	}}}
	return one
}

func (i *Issuers) calling(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, i.http)
}

func (i *Issuers) discover(ctx context.Context, at string) (*metadata, error) {
	provider, err := oidc.NewProvider(i.calling(ctx), at)
	if err != nil {
		return nil, err
	}
	meta := &metadata{provider: provider}
	if err := provider.Claims(meta); err != nil {
		return nil, fmt.Errorf("read discovery document: %w", err)
	}
	for name, endpoint := range map[string]string{"authorization_endpoint": meta.Authorization, "token_endpoint": meta.Token, "jwks_uri": meta.Keys} {
		if endpoint == "" {
			return nil, fmt.Errorf("the discovery document has no %s", name)
		}
	}
	for _, endpoint := range []string{meta.Authorization, meta.Token, meta.Keys, meta.UserInfo, meta.EndSession} {
		if !asSafe(endpoint, at) {
			return nil, fmt.Errorf("the discovery document names %q, which is not https", endpoint)
		}
	}
	return meta, nil
}

// asSafe tells whether an endpoint is https, or as little as its issuer is.
func asSafe(endpoint, issuer string) bool {
	if endpoint == "" {
		return true
	}
	e, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	i, err := url.Parse(issuer)
	return err == nil && (e.Scheme == "https" || e.Scheme == "http" && i.Scheme == "http")
}

// Discover implements identity.Issuers.
func (i *Issuers) Discover(ctx context.Context, at string) (identity.IssuerFacts, error) {
	one := i.newIssuer(at)
	meta, err := one.meta.get(ctx)
	if err != nil {
		return identity.IssuerFacts{}, unreachable(at, err)
	}
	keys, err := one.keys.get(ctx)
	if err != nil {
		return identity.IssuerFacts{}, unreachable(at, err)
	}
	facts := identity.IssuerFacts{
		Authorization: meta.Authorization, Token: meta.Token, Keys: len(keys), Algorithms: meta.Algorithms,
		SignOut: meta.EndSession != "", NamesItself: meta.NamesItself, TellsLogout: meta.TellsLogout,
	}
	for _, challenge := range meta.Challenges {
		facts.PKCE = facts.PKCE || challenge == "S256"
	}
	return facts, nil
}

func unreachable(at string, err error) error {
	if wrong, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return fault.New(fault.Conflict, "auth.provider_mismatch", "%s calls itself %s. Use exactly that as the issuer.", at, wrong.Discovered).Because(err)
	}
	if errors.Is(err, outbound.ErrForbidden) {
		return fault.New(fault.Unavailable, "auth.provider_forbidden", "The issuer %s is not at a public address. Start stoad with --allow-calls and its network.", at).Because(err)
	}
	return fault.New(fault.Unavailable, "auth.provider_unreachable", "The issuer %s does not answer as one. Try again later.", at).Because(err)
}
