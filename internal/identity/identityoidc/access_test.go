package identityoidc

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAccessTokens(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	type object = map[string]any
	for name, c := range map[string]struct{ token, code string }{
		"RFC 9068":                {s.sign("at+jwt", s.access(nil)), ""},
		"written in full":         {s.sign("application/at+jwt", s.access(nil)), ""},
		"an old type":             {s.sign("JWT", s.access(object{"typ": "Bearer"})), ""},
		"one of its audiences":    {s.sign("at+jwt", s.access(object{"aud": []string{"x", audience}})), ""},
		"an ID token":             {s.sign("JWT", s.access(object{"nonce": "n"})), "auth.provider_token"},
		"an ID token, in words":   {s.sign("JWT", s.access(object{"typ": "ID"})), "auth.provider_token"},
		"an ID token, by a hash":  {s.sign("", s.access(object{"at_hash": "x"})), "auth.provider_token"},
		"a logout token":          {s.sign("logout+jwt", s.access(nil)), "auth.provider_token"},
		"for another audience":    {s.sign("at+jwt", s.access(object{"aud": "other"})), "auth.provider_token"},
		"expired":                 {s.sign("at+jwt", s.access(object{"exp": s.now.Add(-time.Second).Unix()})), "auth.expired"},
		"without an end":          {s.sign("at+jwt", s.access(object{"exp": nil})), "auth.expired"},
		"not yet":                 {s.sign("at+jwt", s.access(object{"nbf": s.now.Add(time.Hour).Unix()})), "auth.provider_token"},
		"about nobody":            {s.sign("at+jwt", s.access(object{"sub": nil})), "auth.provider_token"},
		"not signed":              {unsigned(s.access(nil)), "auth.provider_token"},
		"signed with a known key": {s.sharedSecret(s.access(nil)), "auth.provider_token"},
		"changed":                 {change(s.sign("at+jwt", s.access(nil))), "auth.provider_token"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, c.token)
			wantCode(t, err, c.code)
		})
	}
	if n := s.calls("/keys"); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

// change puts another subject into a token.
func change(token string) string {
	head, rest, _ := strings.Cut(token, ".")
	_, signature, _ := strings.Cut(rest, ".")
	other := unsigned(map[string]any{"sub": "root"})
	_, body, _ := strings.Cut(other, ".")
	return head + "." + strings.TrimSuffix(body, ".") + "." + signature
}

func TestNewKeysAreFoundAndOldOnesEnd(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	verify := func(token string) error {
		_, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, token)
		return err
	}
	old := s.sign("at+jwt", s.access(nil))
	wantCode(t, verify(old), "")
	s.rotate("second")
	s.pass(retryAfter)
	wantCode(t, verify(s.sign("at+jwt", s.access(nil))), "")
	wantCode(t, verify(old), "auth.provider_token")
	if n := s.calls("/keys"); n != 2 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

func TestUnknownKeysDoNotMakeUsCall(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	good := s.sign("at+jwt", s.access(nil))
	if _, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, good); err != nil {
		t.Fatal(err)
	}
	stranger := newSigner(t)
	stranger.rotate("unknown")
	forged := stranger.sign("at+jwt", s.access(nil))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			_, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, forged)
			wantCode(t, err, "auth.provider_token")
		})
	}
	all.Wait()
	s.pass(retryAfter)
	for range 50 {
		all.Go(func() {
			_, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, forged)
			wantCode(t, err, "auth.provider_token")
		})
	}
	all.Wait()
	if n := s.calls("/keys"); n != 2 { // the first, and one after ten seconds
		t.Errorf("the keys were fetched %d times", n)
	}
}

func TestAnIssuerThatIsDownKeepsNobodyOut(t *testing.T) {
	s := newSigner(t)
	issuers := s.issuers()
	token := s.sign("at+jwt", s.access(map[string]any{"exp": s.now.Add(48 * time.Hour).Unix()}))
	verify := func() error {
		_, err := issuers.VerifyAccess(t.Context(), s.server.URL, []string{audience}, token)
		return err
	}
	wantCode(t, verify(), "")
	s.server.Close()
	s.pass(2 * time.Hour)
	wantCode(t, verify(), "")
	s.pass(staleFor)
	wantCode(t, verify(), "auth.provider_unreachable")
}

func TestWhoseTokenItIs(t *testing.T) {
	s := newSigner(t)
	if at, ok := s.issuers().IssuerOf(s.sign("at+jwt", s.access(nil))); !ok || at != s.server.URL {
		t.Error(at, ok)
	}
	for _, token := range []string{"", "stoa_pat_x", "a.b.c", "eyJhbGciOi", unsigned(map[string]any{}), strings.Repeat("x", maxToken+1)} {
		if at, ok := s.issuers().IssuerOf(token); ok {
			t.Errorf("%.20s is a token of %q", token, at)
		}
	}
}
