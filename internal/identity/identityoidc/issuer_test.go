package identityoidc

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// signer is an issuer that signs whatever a test wants: what a real one never would.
type signer struct {
	t      *testing.T
	server *httptest.Server
	now    time.Time

	mu       sync.Mutex
	keys     map[string]*rsa.PrivateKey
	current  string
	asked    map[string]int // by path
	idToken  string         // what the token endpoint gives
	userInfo map[string]any
	more     map[string]any // of the discovery document
	verifier string         // of PKCE, that it was shown
}

const (
	clientID = "stoa"
	audience = "https://stoa.example.org"
)

func newSigner(t *testing.T) *signer {
	s := &signer{t: t, now: time.Now().Truncate(time.Second), keys: map[string]*rsa.PrivateKey{}, asked: map[string]int{}}
	s.rotate("first")
	mux := http.NewServeMux()
	answer := func(path string, give func(r *http.Request) any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.asked[path]++
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(give(r))
		})
	}
	answer("/.well-known/openid-configuration", func(*http.Request) any {
		at := s.server.URL
		document := map[string]any{
			"issuer": at, "authorization_endpoint": at + "/auth", "token_endpoint": at + "/token", "jwks_uri": at + "/keys",
			"userinfo_endpoint": at + "/me", "id_token_signing_alg_values_supported": []string{"RS256"},
		}
		maps.Copy(document, s.more)
		return document
	})
	answer("/keys", func(*http.Request) any {
		set := jose.JSONWebKeySet{}
		for id, key := range s.keys {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: id, Algorithm: "RS256", Use: "sig"})
		}
		return set
	})
	answer("/token", func(r *http.Request) any {
		s.verifier = r.PostFormValue("code_verifier")
		return map[string]any{"access_token": "opaque", "token_type": "Bearer", "id_token": s.idToken}
	})
	answer("/me", func(*http.Request) any { return s.userInfo })
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

// rotate signs with a new key from now on; the others are gone.
func (s *signer) rotate(id string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.current = map[string]*rsa.PrivateKey{id: key}, id
}

func (s *signer) calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// claims are a good token's, changed; nil takes one away.
func (s *signer) claims(changes map[string]any) map[string]any {
	c := map[string]any{"iss": s.server.URL, "sub": "ada", "aud": clientID, "iat": s.now.Unix(), "exp": s.now.Add(time.Hour).Unix(), "nonce": "n"}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func (s *signer) access(changes map[string]any) map[string]any {
	all := map[string]any{"aud": audience, "nonce": nil}
	maps.Copy(all, changes)
	return s.claims(all)
}

func (s *signer) sign(typ string, claims map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return signWith(s.t, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: s.keys[s.current], KeyID: s.current}}, typ, claims)
}

func signWith(t *testing.T, key jose.SigningKey, typ string, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	options := &jose.SignerOptions{}
	if typ != "" {
		options.WithType(jose.ContentType(typ))
	}
	signing, err := jose.NewSigner(key, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signing.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// unsigned is a token of the algorithm “none”.
func unsigned(claims map[string]any) string {
	body, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(body) + "."
}

// sharedSecret signs with HS256 and the public key as the secret, which anybody has.
func (s *signer) sharedSecret(claims map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	public, err := jose.JSONWebKey{Key: s.keys[s.current].Public(), KeyID: s.current}.MarshalJSON()
	if err != nil {
		s.t.Fatal(err)
	}
	return signWith(s.t, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: public, KeyID: s.current}}, "at+jwt", claims)
}

func (s *signer) issuers() *Issuers {
	client := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	return New(Config{Transport: client.Transport(), Clock: func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}})
}

func (s *signer) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *signer) client() identity.Client {
	return identity.Client{Issuer: s.server.URL, ID: clientID, Secret: secret.New("s"), Redirect: "https://stoa.example.org/callback"}
}
