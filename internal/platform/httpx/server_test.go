package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

var ann = ident.Must("01929be7-6b5c-7cc3-8d53-0f7b6f1b2a01")

// fakeAuthenticator knows one token and one cookie.
type fakeAuthenticator struct{}

func (fakeAuthenticator) Authenticate(_ context.Context, r *http.Request) (command.Actor, error) {
	_, cookieErr := r.Cookie("stoa_session")
	switch token := r.Header.Get("Authorization"); {
	case token == "Bearer ann":
		return command.Actor{Kind: command.User, ID: ann}, nil
	case token != "" || cookieErr == nil:
		return command.Actor{}, fault.New(fault.Unauthenticated, "token_invalid", "This token is not known.")
	}
	return command.Actor{Kind: command.Anonymous}, nil
}

type thingInput struct {
	ID   ident.ID `path:"id"`
	Body struct {
		Name  string   `json:"name" minLength:"1"`
		Count int      `json:"count,omitempty" minimum:"0"`
		Tags  []string `json:"tags,omitempty"`
	}
}

type thingOutput struct {
	Body struct {
		ID   ident.ID `json:"id"`
		Name string   `json:"name"`
	}
}

type harness struct {
	*Server
	log bytes.Buffer
	// fail is what the operation thing.update returns.
	fail error
	seen command.Request
}

func newHarness(t testing.TB, change func(*Config)) *harness {
	t.Helper()
	h := &harness{}
	cfg := Config{
		Log: slog.New(slog.NewJSONHandler(&h.log, nil)), NewID: func() ident.ID { return ann }, Authenticator: fakeAuthenticator{},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	update := Operation("thing.update", http.MethodPut, "/api/v1/things/{id}", "Update a thing", "Things")
	update.MaxBodyBytes = 256
	huma.Register(s.API(), update, func(ctx context.Context, in *thingInput) (*thingOutput, error) {
		h.seen = *command.RequestFrom(ctx)
		if h.fail != nil {
			return nil, h.fail
		}
		out := &thingOutput{}
		out.Body.ID, out.Body.Name = in.ID, in.Body.Name
		return out, nil
	})
	huma.Register(s.API(), Public(Operation("thing.peek", http.MethodGet, "/api/v1/things", "Peek", "Things")),
		func(ctx context.Context, _ *struct{ Paging }) (*struct{ Body Page[string] }, error) {
			h.seen = *command.RequestFrom(ctx)
			return &struct{ Body Page[string] }{NewPage[string](nil, "")}, nil
		})
	huma.Register(s.API(), Operation("thing.all", http.MethodGet, "/api/v1/things/all", "All", "Things"),
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	huma.Register(s.API(), Operation("thing.panic", http.MethodGet, "/api/v1/panic", "Panic", "Things"),
		func(context.Context, *struct{}) (*struct{}, error) { panic("secret detail") })
	return h
}

func (h *harness) do(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:4711"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) ProblemDetails {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("content type %q, body %s", got, w.Body)
	}
	var p ProblemDetails
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	if p.Status != w.Code {
		t.Errorf("problem says %d, the status is %d", p.Status, w.Code)
	}
	if p.CorrelationID == "" || p.CorrelationID != w.Header().Get("X-Correlation-Id") {
		t.Errorf("correlation id %q, header %q", p.CorrelationID, w.Header().Get("X-Correlation-Id"))
	}
	if p.Type != "/docs/errors#"+p.Code || p.Instance == "" || p.Detail == "" || p.Title == "" {
		t.Errorf("incomplete problem: %+v", p)
	}
	return p
}

const thing = "/api/v1/things/01929be7-6b5c-7cc3-8d53-0f7b6f1b2a09"

func TestOperationAnswersAndKnowsItsCaller(t *testing.T) {
	h := newHarness(t, nil)
	w := h.do("PUT", thing, `{"name":"x"}`, "Authorization", "Bearer ann", "X-Correlation-Id", "cli-7", "Idempotency-Key", `"k1"`)
	if w.Code != http.StatusOK || w.Body.String() != `{"id":"01929be7-6b5c-7cc3-8d53-0f7b6f1b2a09","name":"x"}`+"\n" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := command.Request{
		Actor: command.Actor{Kind: command.User, ID: ann}, CorrelationID: "cli-7", IdempotencyKey: "k1", RemoteAddress: "192.0.2.7",
	}
	if diff := cmp.Diff(want, h.seen); diff != "" {
		t.Error(diff)
	}
	for name, value := range map[string]string{
		"X-Correlation-Id": "cli-7", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "application/json",
		"Referrer-Policy": "same-origin", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := w.Header().Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
}

func TestEveryFaultKindSurvivesHTTP(t *testing.T) {
	h := newHarness(t, nil)
	for _, kind := range fault.Kinds() {
		h.fail = fault.New(kind, "thing.rule", "This is why.").After(1500*time.Millisecond).At("body.name", "bad").
			Over(fault.Limit{Name: "thing.max", Value: 3, Unit: "things", Scope: "user"}).Because(errors.New("secret detail"))
		w := h.do("PUT", thing, `{"name":"x"}`, "Authorization", "Bearer ann")
		p := problemOf(t, w)
		if w.Code != Status(kind) || p.Kind != kind.String() || p.Code != "thing.rule" || p.Detail != "This is why." {
			t.Errorf("%s: %d %s", kind, w.Code, w.Body)
		}
		if back := KindOf(w.Code); back != kind && kind != fault.Mismatch {
			t.Errorf("%s became %s by its status alone", kind, back)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s leaks its cause: %s", kind, w.Body)
		}
		if p.Limit == nil || p.Limit.Value != 3 || len(p.Errors) != 1 || p.Errors[0].Path != "body.name" {
			t.Errorf("%s lost its details: %s", kind, w.Body)
		}
		if kind == fault.Limited && w.Header().Get("Retry-After") != "2" {
			t.Errorf("Retry-After %q, want 1.5 s rounded up", w.Header().Get("Retry-After"))
		}
		if kind == fault.Unauthenticated && w.Header().Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	}
}

func TestUnknownErrorsHideTheirText(t *testing.T) {
	h := newHarness(t, nil)
	h.fail = errors.New("secret detail")
	w := h.do("PUT", thing, `{"name":"x"}`, "Authorization", "Bearer ann")
	if p := problemOf(t, w); p.Status != 500 || p.Code != "internal" || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%s", w.Body)
	}
	if !strings.Contains(h.log.String(), "secret detail") {
		t.Error("the log does not tell what happened")
	}
}

func TestRefusals(t *testing.T) {
	long := `{"name":"` + strings.Repeat("x", 300) + `"}`
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"malformed JSON":          {"PUT", thing, `{"name":`, nil, 400, "malformed"},
		"no body":                 {"PUT", thing, ``, nil, 400, "malformed"},
		"unknown field":           {"PUT", thing, `{"name":"x","color":1}`, nil, 422, "invalid"},
		"unknown query parameter": {"GET", "/api/v1/things?colour=1", ``, nil, 422, "invalid"},
		"bad query parameter":     {"GET", "/api/v1/things?limit=0", ``, nil, 422, "invalid"},
		"bad id":                  {"PUT", "/api/v1/things/7", `{"name":"x"}`, nil, 422, "invalid"},
		"media type":              {"PUT", thing, `{"name":"x"}`, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type"},
		"body over the operation": {"PUT", thing, long, nil, 413, "request_too_large"},
		"body over everything":    {"PUT", thing, strings.Repeat("x", 2048), nil, 413, "request_too_large"},
		"unknown API path":        {"GET", "/api/v1/nothing", ``, nil, 404, "not_found"},
		"unknown path":            {"GET", "/nothing", ``, nil, 404, "not_found"},
		"not a whole number":      {"PUT", thing, `{"name":"x","count":1e3}`, nil, 422, "invalid"},
		"shadowed by a parameter": {"PUT", "/api/v1/things/all", `{"name":"x"}`, nil, 405, "method_not_allowed"},
		"API method":              {"DELETE", thing, ``, nil, 405, "method_not_allowed"},
		"method":                  {"POST", "/openapi.json", ``, nil, 405, "method_not_allowed"},
		"panic":                   {"GET", "/api/v1/panic", ``, nil, 500, "internal"},
		"bad token":               {"PUT", thing, `{"name":"x"}`, []string{"Authorization", "Bearer eve"}, 401, "token_invalid"},
		"cross-site browser":      {"PUT", thing, `{"name":"x"}`, []string{"Authorization", "", "Sec-Fetch-Site", "cross-site", "Cookie", "stoa_session=a"}, 403, "cross_origin"},
		"bad idempotency key":     {"PUT", thing, `{"name":"x"}`, []string{"Idempotency-Key", "a\x01b"}, 400, "idempotency_key_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(c *Config) { c.MaxBody = 1024 })
			w := h.do(c.method, c.path, c.body, append([]string{"Authorization", "Bearer ann"}, c.headers...)...)
			p := problemOf(t, w)
			if w.Code != c.status || p.Code != c.code {
				t.Errorf("%d %s, want %d %s: %s", w.Code, p.Code, c.status, c.code, w.Body)
			}
			if allow := w.Header().Get("Allow"); c.status == 405 && (allow == "" || strings.Contains(allow, c.method)) {
				t.Errorf("405 that allows %q", allow)
			}
			if c.status == 413 && p.Limit == nil {
				t.Error("413 does not name the limit")
			}
			if strings.Contains(w.Body.String(), "Go ") || strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "xxxx") {
				t.Errorf("echoes too much: %s", w.Body)
			}
		})
	}
}

func TestBodyWithoutLengthIsStillBounded(t *testing.T) {
	h := newHarness(t, func(c *Config) { c.MaxBody = 100 })
	r := httptest.NewRequest("PUT", thing, io.MultiReader(strings.NewReader(strings.Repeat("x", 200))))
	r.ContentLength = -1
	r.Header.Set("Authorization", "Bearer ann")
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, r)
	if p := problemOf(t, w); w.Code != 413 || p.Limit.Value != 100 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPanicIsLoggedWithItsStack(t *testing.T) {
	h := newHarness(t, nil)
	h.do("GET", "/api/v1/panic", "", "Authorization", "Bearer ann")
	if log := h.log.String(); !strings.Contains(log, "secret detail") || !strings.Contains(log, "server_test.go") {
		t.Errorf("log: %s", log)
	}
}

func TestPanicAfterTheFirstByteCutsTheConnection(t *testing.T) {
	h := newHarness(t, nil)
	h.Mux().HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic("no")
	})
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // panics are compared as they are
			t.Error("half an answer looks whole")
		}
	}()
	h.do("GET", "/half", "")
}

func TestNobodyGetsNowhereButPublicOperations(t *testing.T) {
	h := newHarness(t, nil)
	if w := h.do("PUT", thing, `{"name":"x"}`); w.Code != 401 || problemOf(t, w).Code != "unauthenticated" || h.seen.CorrelationID != "" {
		t.Errorf("%d %s, the handler saw %+v", w.Code, w.Body, h.seen)
	}
}

func TestStaleCredentialsDoNotLockOutOfPublicOperations(t *testing.T) {
	h := newHarness(t, nil)
	if w := h.do("GET", "/api/v1/things", "", "Cookie", "stoa_session=old"); w.Code != 200 || w.Body.String() != "{\"items\":[]}\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if h.seen.Actor.Kind != command.Anonymous {
		t.Errorf("caller %+v", h.seen.Actor)
	}
}

func TestRawOperationsStreamThroughTheChain(t *testing.T) {
	h := newHarness(t, nil)
	RegisterRaw(h.API(), Operation("thing.watch", http.MethodGet, "/api/v1/things/{id}/events", "Watch", "Things"), "text/event-stream",
		func(_ context.Context, in *struct {
			ID ident.ID `path:"id"`
		},
		) (Serve, error) {
			if in.ID == ann {
				return nil, fault.New(fault.NotFound, "not_found", "No such thing.")
			}
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, "data: 1\n\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Errorf("flush through the chain: %v", err)
				}
				if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
					t.Errorf("deadline through the chain: %v", err)
				}
			}, nil
		})
	server := httptest.NewServer(h.Handler())
	defer server.Close()
	get := func(path string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer ann")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		return res, string(body)
	}
	if res, body := get(thing + "/events"); res.StatusCode != 200 || body != "data: 1\n\n" || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	if res, body := get("/api/v1/things/" + ann.String() + "/events"); res.StatusCode != 404 || !strings.Contains(body, `"code":"not_found"`) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
