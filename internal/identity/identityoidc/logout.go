package identityoidc

import (
	"context"
	"errors"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/stoa-cloud/stoa/internal/identity"
)

// VerifyLogout implements identity.Issuers. Beside what go-oidc checks, a token that says what kind it
// is must be of this one, and must not come from the future.
func (i *Issuers) VerifyLogout(ctx context.Context, c identity.Client, token string) (identity.Logout, error) {
	if issuer, ok := i.IssuerOf(token); !ok || issuer != c.Issuer {
		return identity.Logout{}, untrue(errors.New("it is no token of the issuer's"))
	}
	one, _, err := i.known(ctx, c.Issuer)
	if err != nil {
		return identity.Logout{}, err
	}
	if _, err := one.keys.get(ctx); err != nil {
		return identity.Logout{}, unreachable(c.Issuer, err)
	}
	verifier := oidc.NewVerifier(c.Issuer, one.keys, &oidc.Config{ClientID: c.ID, SupportedSigningAlgs: algorithmNames(), Now: i.clock})
	said, err := verifier.VerifyLogout(ctx, token)
	if err != nil {
		return identity.Logout{}, untrue(err)
	}
	if !isLogout(token) {
		return identity.Logout{}, untrue(errors.New("it is no logout token"))
	}
	out := identity.Logout{Issuer: c.Issuer, TokenID: said.TokenID, Subject: said.Subject, Session: said.SessionID, ExpiresAt: said.Expiry}
	return out, i.checkAge(said.IssuedAt)
}

// isLogout tells whether a token's type is that of logout tokens, or says nothing.
func isLogout(token string) bool {
	var header struct {
		Type string `json:"typ"`
	}
	head, _, _ := strings.Cut(token, ".")
	if !part(head, &header) {
		return false
	}
	switch strings.TrimPrefix(strings.ToLower(header.Type), "application/") {
	case "logout+jwt", "jwt", "":
		return true
	}
	return false
}
