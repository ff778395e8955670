package identityoidc

import (
	"net/url"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if code == "" && err != nil || code != "" && !fault.Is(err, code) {
		t.Errorf("got %v, want %q", err, code)
	}
}

func TestTheBrowserIsSentWithEverythingThatBindsTheAnswer(t *testing.T) {
	s := newSigner(t)
	at, err := s.issuers().SignInURL(t.Context(), s.client(), identity.Flow{State: "s", Nonce: "n", Verifier: "v"})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("state") != "s" || q.Get("nonce") != "n" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" ||
		q.Get("response_type") != "code" || q.Get("scope") != "openid" || q.Get("client_id") != clientID {
		t.Error(q)
	}
}

func TestIDTokens(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	type object = map[string]any
	for name, c := range map[string]struct {
		token    string
		userInfo object
		answer   identity.Answer
		code     string
	}{
		"a good one":              {token: s.sign("JWT", s.claims(nil))},
		"another nonce":           {token: s.sign("JWT", s.claims(object{"nonce": "x"})), code: "auth.provider_token"},
		"no nonce":                {token: s.sign("JWT", s.claims(object{"nonce": nil})), code: "auth.provider_token"},
		"expired":                 {token: s.sign("JWT", s.claims(object{"exp": s.now.Add(-time.Minute).Unix()})), code: "auth.expired"},
		"of the future":           {token: s.sign("JWT", s.claims(object{"iat": s.now.Add(time.Hour).Unix()})), code: "auth.provider_token"},
		"of an unknown time":      {token: s.sign("JWT", s.claims(object{"iat": nil})), code: "auth.provider_token"},
		"for another audience":    {token: s.sign("JWT", s.claims(object{"aud": "other"})), code: "auth.provider_token"},
		"made for another party":  {token: s.sign("JWT", s.claims(object{"aud": []string{clientID, "other"}, "azp": "other"})), code: "auth.provider_token"},
		"of several, for us":      {token: s.sign("JWT", s.claims(object{"aud": []string{clientID, "other"}, "azp": clientID}))},
		"of several, for whom?":   {token: s.sign("JWT", s.claims(object{"aud": []string{clientID, "other"}})), code: "auth.provider_token"},
		"of another issuer":       {token: s.sign("JWT", s.claims(object{"iss": "https://other.example.org"})), code: "auth.provider_token"},
		"about nobody":            {token: s.sign("JWT", s.claims(object{"sub": ""})), code: "auth.provider_token"},
		"not signed":              {token: unsigned(s.claims(nil)), code: "auth.provider_token"},
		"signed with a known key": {token: s.sharedSecret(s.claims(nil)), code: "auth.provider_token"},
		"none at all":             {code: "auth.provider_token"},
		"userinfo of another":     {token: s.sign("JWT", s.claims(nil)), userInfo: object{"sub": "bob"}, code: "auth.provider_token"},
		"another issuer's answer": {token: s.sign("JWT", s.claims(nil)), answer: identity.Answer{Code: "c", Issuer: "https://other.example.org"}, code: "auth.provider_flow"},
		"a refusal":               {answer: identity.Answer{Error: "access_denied"}, code: "auth.provider_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			s.mu.Lock()
			s.idToken, s.userInfo = c.token, object{"sub": "ada", "email": "ada@example.org", "nonce": "ignored"}
			if c.userInfo != nil {
				s.userInfo = c.userInfo
			}
			s.mu.Unlock()
			if c.answer == (identity.Answer{}) {
				c.answer = identity.Answer{Code: "c", Issuer: s.server.URL}
			}
			claims, err := issuers.Exchange(t.Context(), s.client(), identity.Flow{Nonce: "n", Verifier: "the verifier"}, c.answer)
			wantCode(t, err, c.code)
			if c.code == "" && (claims.Subject != "ada" || claims.All["email"] != "ada@example.org" || claims.All["nonce"] != "n" || s.verifier != "the verifier") {
				t.Errorf("%+v", claims)
			}
		})
	}
}

func TestAnIssuerThatNamesItselfAlwaysDoes(t *testing.T) {
	s := newSigner(t)
	s.more = map[string]any{"authorization_response_iss_parameter_supported": true}
	_, err := s.issuers().Exchange(t.Context(), s.client(), identity.Flow{Nonce: "n"}, identity.Answer{Code: "c"})
	wantCode(t, err, "auth.provider_flow")
}

func TestIssuersThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		more map[string]any
		code string
	}{
		"another name":     {map[string]any{"issuer": "https://other.example.org"}, "auth.provider_mismatch"},
		"no keys":          {map[string]any{"jwks_uri": ""}, "auth.provider_unreachable"},
		"keys not to be":   {map[string]any{"jwks_uri": "file:///etc/passwd"}, "auth.provider_unreachable"},
		"a token endpoint": {map[string]any{"token_endpoint": "ftp://x.example.org"}, "auth.provider_unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSigner(t)
			s.more = c.more
			_, err := s.issuers().Discover(t.Context(), s.server.URL)
			wantCode(t, err, c.code)
		})
	}
	s := newSigner(t)
	facts, err := s.issuers().Discover(t.Context(), s.server.URL)
	if err != nil || facts.Keys != 1 || facts.PKCE || facts.SignOut {
		t.Errorf("%+v, %v", facts, err)
	}
	if _, err := s.issuers().Discover(t.Context(), "http://10.1.2.3"); !fault.Is(err, "auth.provider_forbidden") {
		t.Errorf("a private address: %v", err)
	}
}
