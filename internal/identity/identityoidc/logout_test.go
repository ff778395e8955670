package identityoidc

import (
	"maps"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/identity"
)

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

func TestLogoutTokens(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	type object = map[string]any
	logout := func(changes object) object {
		all := object{"nonce": nil, "jti": "j", "sid": "s", "events": object{logoutEvent: object{}}}
		maps.Copy(all, changes)
		return s.claims(all)
	}
	const bad = "auth.provider_token"
	for name, c := range map[string]struct{ token, code string }{
		"as the specification has it":  {s.sign("logout+jwt", logout(nil)), ""},
		"of an issuer that types none": {s.sign("JWT", logout(nil)), ""},
		"all sessions of somebody":     {s.sign("logout+jwt", logout(object{"sid": nil})), ""},
		"a session of nobody named":    {s.sign("logout+jwt", logout(object{"sub": nil})), ""},
		"of nobody and no session":     {s.sign("logout+jwt", logout(object{"sub": nil, "sid": nil})), bad},
		"an ID token":                  {s.sign("JWT", s.claims(nil)), bad},
		"an ID token with the event":   {s.sign("JWT", logout(object{"nonce": "n"})), bad},
		"an access token":              {s.sign("at+jwt", logout(nil)), bad},
		"another event":                {s.sign("logout+jwt", logout(object{"events": object{"https://example.org/other": object{}}})), bad},
		"without an id":                {s.sign("logout+jwt", logout(object{"jti": nil})), bad},
		"without an end":               {s.sign("logout+jwt", logout(object{"exp": nil})), bad},
		"expired":                      {s.sign("logout+jwt", logout(object{"exp": s.now.Add(-time.Second).Unix()})), "auth.expired"},
		"from the future":              {s.sign("logout+jwt", logout(object{"iat": s.now.Add(time.Hour).Unix()})), bad},
		"for another client":           {s.sign("logout+jwt", logout(object{"aud": "other"})), bad},
		"of another issuer":            {s.sign("logout+jwt", logout(object{"iss": "https://other.example.org"})), bad},
		"not signed":                   {unsigned(logout(nil)), bad},
		"signed with a known key":      {s.sharedSecret(logout(nil)), bad},
		"changed":                      {change(s.sign("logout+jwt", logout(nil))), bad},
		"nothing":                      {"", bad},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := issuers.VerifyLogout(t.Context(), identity.Client{Issuer: s.server.URL, ID: clientID}, c.token)
			wantCode(t, err, c.code)
			if c.code == "" && (said.TokenID != "j" || said.Issuer != s.server.URL || said.ExpiresAt.Unix() != s.now.Add(time.Hour).Unix()) {
				t.Errorf("%+v", said)
			}
		})
	}
}
