package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// IdentityProviders are the OpenID Connect issuers that people may sign in through. For operators.
type IdentityProviders struct{ c *Client }

const identityProvidersPath = "/identity-providers"

// List gives every provider, by name.
func (s *IdentityProviders) List(ctx context.Context) iter.Seq2[IdentityProvider, error] {
	return items[IdentityProvider](ctx, s.c, identityProvidersPath, url.Values{})
}

// Get gives one provider.
func (s *IdentityProviders) Get(ctx context.Context, id string) (*IdentityProvider, error) {
	var out IdentityProvider
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: identityProvidersPath + "/" + url.PathEscape(id)}, &out)
	return &out, err
}

// Create lets people sign in through an issuer.
func (s *IdentityProviders) Create(ctx context.Context, in IdentityProviderCreateRequest) (*IdentityProvider, error) {
	var out IdentityProvider
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: identityProvidersPath, body: in}, &out)
	return &out, err
}

// Update changes a provider: all of it but its name and issuer. A secret that is left out stays.
func (s *IdentityProviders) Update(ctx context.Context, id string, in IdentityProviderUpdateRequest) (*IdentityProvider, error) {
	var out IdentityProvider
	_, err := s.c.do(ctx, request{method: http.MethodPut, path: identityProvidersPath + "/" + url.PathEscape(id), body: in}, &out)
	return &out, err
}

// Remove forgets a provider, and ends the sessions that it opened.
func (s *IdentityProviders) Remove(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: identityProvidersPath + "/" + url.PathEscape(id)}, nil)
	return err
}

// Test asks an issuer what it says about itself: that of a provider, or one that is to become one's.
func (s *IdentityProviders) Test(ctx context.Context, in IdentityProviderTestRequest) (*IdentityProviderCheck, error) {
	var out IdentityProviderCheck
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: identityProvidersPath + "/test", body: in}, &out)
	return &out, err
}

// Identities gives the issuers that the caller can sign in through.
func (s *MeAPI) Identities(ctx context.Context) iter.Seq2[LinkedIdentity, error] {
	return items[LinkedIdentity](ctx, s.c, "/me/identities", nil)
}

// Unlink ends such a link, and the sessions and memberships that it gave.
func (s *MeAPI) Unlink(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/me/identities/" + url.PathEscape(id)}, nil)
	return err
}
