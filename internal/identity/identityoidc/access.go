package identityoidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/stoa-cloud/stoa/internal/identity"
)

// maxToken is the longest access token that is looked at, in bytes.
const maxToken = 16 << 10

// part reads one part of a token, unverified.
func part(text string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// IssuerOf implements identity.Issuers.
func (i *Issuers) IssuerOf(token string) (string, bool) {
	parts := strings.Split(token, ".")
	var claims struct {
		Issuer string `json:"iss"`
	}
	if len(token) > maxToken || len(parts) != 3 || !part(parts[1], &claims) {
		return "", false
	}
	return claims.Issuer, claims.Issuer != ""
}

// VerifyAccess implements identity.Issuers.
func (i *Issuers) VerifyAccess(ctx context.Context, at string, audiences []string, token string) (identity.Claims, error) {
	one, _, err := i.known(ctx, at)
	if err != nil {
		return identity.Claims{}, err
	}
	if _, err := one.keys.get(ctx); err != nil {
		return identity.Claims{}, unreachable(at, err)
	}
	verifier := oidc.NewVerifier(at, one.keys, &oidc.Config{SkipClientIDCheck: true, SupportedSigningAlgs: algorithmNames(), Now: i.clock})
	checked, err := verifier.Verify(ctx, token)
	if err != nil {
		return identity.Claims{}, untrue(err)
	}
	claims := identity.Claims{Issuer: at, Subject: checked.Subject, IssuedAt: checked.IssuedAt, ExpiresAt: checked.Expiry}
	if err := checked.Claims(&claims.All); err != nil {
		return identity.Claims{}, untrue(err)
	}
	switch {
	case checked.Subject == "":
		return identity.Claims{}, untrue(errors.New("it is about nobody"))
	case !slices.ContainsFunc(checked.Audience, func(a string) bool { return slices.Contains(audiences, a) }):
		return identity.Claims{}, untrue(errors.New("it is meant for another audience"))
	case !isAccess(token, claims.All):
		return identity.Claims{}, untrue(errors.New("it is no access token"))
	}
	return claims, i.checkAge(checked.IssuedAt)
}

// isAccess tells an access token from the other tokens that an issuer signs with the
// same key. RFC 9068 gives them a type of their own; some issuers write JWT, and mark
// what is none: an ID token has a nonce or hashes, or says so in a claim.
func isAccess(token string, claims map[string]any) bool {
	var header struct {
		Type string `json:"typ"`
	}
	head, _, _ := strings.Cut(token, ".")
	if !part(head, &header) {
		return false
	}
	switch strings.TrimPrefix(strings.ToLower(header.Type), "application/") {
	case "at+jwt":
		return true
	case "jwt", "":
	default:
		return false
	}
	for _, mark := range []string{"nonce", "at_hash", "c_hash", "s_hash", "events"} {
		if _, marked := claims[mark]; marked {
			return false
		}
	}
	kind, said := claims["typ"].(string) // Keycloak's
	return !said || strings.EqualFold(kind, "Bearer")
}
