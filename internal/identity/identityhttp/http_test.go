package identityhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/identity/identityhttp"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// site is the whole of identity behind a listening server.
type site struct {
	t      *testing.T
	url    string
	runner *command.Runner
	slice  *identity.Slice
	server *httpx.Server
	auth   identityhttp.Authenticator
}

type openPolicy struct{}

func (openPolicy) Policy(context.Context, pg.Querier) (identity.Policy, error) {
	p := identity.DefaultPolicy()
	p.Registration = identity.Open
	return p, nil
}

func newSite(t *testing.T, db *pg.DB) *site {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	runner := &command.Runner{DB: db, Table: tenancy.Permissions(), Clock: clock.System, NewID: ident.New, Log: log}
	keys, err := secret.OpenKeys(filepath.Join(t.TempDir(), "seal.keys"))
	if err != nil {
		t.Fatal(err)
	}
	slice := identity.New(runner, openPolicy{}, keys, identity.NewHasher(identity.Cost{MemoryKiB: 8, Passes: 1, Threads: 1}), identity.Elsewhere{})
	auth := identityhttp.NewAuthenticator(identity.NewCredentials(runner, identity.NewLastUsed(db, log)))
	server, err := httpx.New(httpx.Config{Log: log, Authenticator: auth})
	if err != nil {
		t.Fatal(err)
	}
	identityhttp.Register(server.API(), slice, func() string { return "https://stoa.example.org" })
	listening := httptest.NewServer(server.Handler())
	t.Cleanup(listening.Close)
	return &site{t: t, url: listening.URL, runner: runner, slice: slice, server: server, auth: auth}
}

// caller is a browser with cookies, or a program with a token.
type caller struct {
	*site
	http  *http.Client
	token string
}

func (s *site) browser() *caller {
	jar, _ := cookiejar.New(nil)
	return &caller{site: s, http: &http.Client{Jar: jar}}
}

func (s *site) program(token string) *caller {
	return &caller{site: s, http: &http.Client{}, token: token}
}

type object = map[string]any

// send asks, wants this status, and gives the answer.
func (c *caller) send(method, path string, body any, status int) object {
	c.t.Helper()
	response, answer := c.exchange(method, path, body)
	if response.StatusCode != status {
		c.t.Fatalf("%s %s: %d, want %d: %v", method, path, response.StatusCode, status, answer)
	}
	return answer
}

func (c *caller) exchange(method, path string, body any) (*http.Response, object) {
	c.t.Helper()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		sent = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	answer := object{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			c.t.Fatalf("%s %s: %s", method, path, text)
		}
	}
	return response, answer
}

const password = "correct horse battery"

func newcomer() object {
	return object{"email": ident.New().String() + "@example.org", "name": "Ada", "password": password}
}

func TestEveryOperationHasAPermissionAndBackAgain(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	table := tenancy.Permissions()
	operations := httpx.Operations(s.server.API())
	for _, name := range operations {
		if table[name] == nil {
			t.Errorf("%s is not in the permission table", name)
		}
	}
	ofItself := []string{"setup.open", "operator.ensure_local"}
	for name := range s.runner.Registered() {
		if !slices.Contains(operations, name) && !slices.Contains(ofItself, name) {
			t.Errorf("%s has no operation", name)
		}
	}
}

func TestFromSetUpToSignOut(t *testing.T) {
	s := newSite(t, pgtest.Clone(t))
	admin := s.browser()
	if got := admin.send("GET", "/api/v1/setup", nil, 200); got["needed"] != true {
		t.Error(got)
	}
	link, err := s.slice.OpenSetup(command.AsSystem(t.Context(), "boot"), identity.OpenSetup{Kept: secret.String{}})
	if err != nil {
		t.Fatal(err)
	}
	body := newcomer()
	body["token"] = "stoa_setup_wrong"
	if got := admin.send("POST", "/api/v1/setup", body, 403); got["code"] != "setup.link" {
		t.Error(got)
	}
	body["token"] = link.Token.Reveal()
	response, answer := admin.exchange("POST", "/api/v1/setup", body)
	if response.StatusCode != 200 || answer["user"].(object)["email"] != body["email"] {
		t.Fatalf("%d %v", response.StatusCode, answer)
	}
	cookie := response.Cookies()[0]
	if cookie.Name != "stoa_session" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Path != "/" || cookie.Expires.IsZero() {
		t.Errorf("%+v", cookie)
	}
	me := admin.send("GET", "/api/v1/me", nil, 200)
	if me["credential"].(object)["kind"] != "session" || me["platform_roles"].([]any)[0] != "platform.operator" ||
		len(me["projects"].([]any)) != 1 || me["default_project_id"] != me["projects"].([]any)[0].(object)["id"] {
		t.Errorf("%v", me)
	}
	if got := admin.send("GET", "/api/v1/setup", nil, 200); got["needed"] != false {
		t.Error(got)
	}
	admin.send("POST", "/api/v1/auth/sign-out", nil, 204)
	admin.send("GET", "/api/v1/me", nil, 401)
	admin.send("POST", "/api/v1/auth/sign-in", object{"email": body["email"], "password": "wrong"}, 401)
	admin.send("POST", "/api/v1/auth/sign-in", object{"email": body["email"], "password": password}, 200)
	admin.send("GET", "/api/v1/me", nil, 200)
}

func TestStaleCookiesDoNotKeepFromSigningIn(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	first, second := s.browser(), s.browser()
	body := newcomer()
	first.send("POST", "/api/v1/auth/register", body, 200)
	second.send("POST", "/api/v1/auth/sign-in", object{"email": body["email"], "password": password}, 200)
	for _, item := range second.send("GET", "/api/v1/me/sessions", nil, 200)["items"].([]any) {
		if session := item.(object); session["current"] == false {
			second.send("DELETE", "/api/v1/me/sessions/"+session["id"].(string), nil, 204)
		}
	}
	if got := first.send("GET", "/api/v1/me", nil, 401); got["code"] != "auth.revoked" {
		t.Error(got)
	}
	first.send("POST", "/api/v1/auth/sign-in", object{"email": body["email"], "password": password}, 200)
	first.send("GET", "/api/v1/me", nil, 200)
}

func TestLockoutSaysWhenToTryAgain(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	b, body := s.browser(), newcomer()
	b.send("POST", "/api/v1/auth/register", body, 200)
	wrong := object{"email": body["email"], "password": "wrong"}
	for range 4 {
		b.send("POST", "/api/v1/auth/sign-in", wrong, 401)
	}
	response, answer := b.exchange("POST", "/api/v1/auth/sign-in", wrong)
	if response.StatusCode != 429 || response.Header.Get("Retry-After") != "900" || answer["code"] != "auth.locked" {
		t.Errorf("%d %v %v", response.StatusCode, response.Header, answer)
	}
}

func TestTheSecondStepOverHTTP(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	b, body := s.browser(), newcomer()
	b.send("POST", "/api/v1/auth/register", body, 200)
	enrolment := b.send("POST", "/api/v1/me/second-factor", nil, 200)
	rows := enrolment["qr"].([]any)
	if uri := enrolment["uri"].(string); !strings.HasPrefix(uri, "otpauth://totp/Stoa%20stoa.example.org:") || len(rows) < 21 || len(rows[0].(string)) != len(rows) ||
		!strings.HasPrefix(rows[0].(string), "1111111") {
		t.Errorf("%s %v", uri, rows)
	}
	b.send("POST", "/api/v1/me/second-factor/confirmation", object{"code": "000000"}, 403)
	now := time.Now()
	code, _ := totp.GenerateCode(enrolment["secret"].(string), now)
	if got := b.send("POST", "/api/v1/me/second-factor/confirmation", object{"code": code}, 200); len(got["recovery_codes"].([]any)) != 10 {
		t.Error(got)
	}
	if got := b.send("GET", "/api/v1/me/second-factor", nil, 200); got["enrolled"] != true || got["recovery_codes"] != 10.0 {
		t.Error(got)
	}
	other := s.browser()
	response, answer := other.exchange("POST", "/api/v1/auth/sign-in", object{"email": body["email"], "password": password})
	if response.StatusCode != 200 || len(response.Header.Values("Set-Cookie")) > 0 || answer["user"] != nil {
		t.Fatalf("%d %v %v", response.StatusCode, response.Header, answer)
	}
	step := answer["second_factor"].(object)["step"]
	other.send("GET", "/api/v1/me", nil, 401)
	other.send("POST", "/api/v1/auth/second-factor", object{"step": step, "code": code}, 401) // used
	next, _ := totp.GenerateCode(enrolment["secret"].(string), now.Add(30*time.Second))
	other.send("POST", "/api/v1/auth/second-factor", object{"step": step, "code": next}, 200)
	other.send("GET", "/api/v1/me", nil, 200)
}

func TestTokensOverHTTP(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	b := s.browser()
	b.send("POST", "/api/v1/auth/register", newcomer(), 200)
	made := b.send("POST", "/api/v1/tokens", object{"name": "ci", "scopes": []string{"me.get"}, "expires_in_days": 1}, 201)
	text := made["secret"].(string)
	if !strings.HasPrefix(text, "stoa_pat_") || made["token"].(object)["expires_at"] == nil {
		t.Errorf("%v", made)
	}
	p := s.program(text)
	if me := p.send("GET", "/api/v1/me", nil, 200); me["credential"].(object)["kind"] != "token" {
		t.Error(me)
	}
	if got := p.send("GET", "/api/v1/tokens", nil, 403); got["code"] != "token_scope" {
		t.Error(got)
	}
	list := b.send("GET", "/api/v1/tokens", nil, 200)["items"].([]any)
	if _, shown := list[0].(object)["secret"]; shown || len(list) != 1 {
		t.Error(list)
	}
	b.send("DELETE", "/api/v1/tokens/"+made["token"].(object)["id"].(string), nil, 204)
	p.send("GET", "/api/v1/me", nil, 401)
	b.send("POST", "/api/v1/tokens", object{"name": "x", "project_id": ident.New()}, 404)
	b.send("POST", "/api/v1/tokens", object{"name": "x", "project_id": "x"}, 422)
	b.send("DELETE", "/api/v1/tokens/x", nil, 422)
	b.send("POST", "/api/v1/me/password", object{"current": password, "new": "something else"}, 204)
}

func TestTheCookieIsForThisSiteOnly(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	tls := httptest.NewTLSServer(s.server.Handler())
	defer tls.Close()
	body, _ := json.Marshal(newcomer())
	response, err := tls.Client().Post(tls.URL+"/api/v1/auth/register", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	cookie := response.Cookies()[0]
	if !cookie.Secure {
		t.Errorf("over TLS: %+v", cookie)
	}
	for _, c := range []struct {
		from   string
		status int
	}{{"cross-site", 403}, {"same-site", 403}, {"same-origin", 204}} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, tls.URL+"/api/v1/auth/sign-out", nil)
		r.AddCookie(cookie)
		r.Header.Set("Sec-Fetch-Site", c.from)
		response, err := tls.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.from, response.StatusCode, c.status)
		}
	}
}
