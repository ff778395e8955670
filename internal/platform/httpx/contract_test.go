package httpx

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

func TestContractIsDeterministicAndHouseStyle(t *testing.T) {
	first, err := newHarness(t, nil).Contract()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := newHarness(t, nil).Contract()
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the contract differs from run to run (%v)", err)
		}
	}
	for _, want := range []string{
		"openapi: 3.1.0", "operationId: thing.update", "application/problem+json", "ProblemDetails:", "format: uuid", "security: []",
	} {
		if !strings.Contains(string(first), want) {
			t.Errorf("no %q in the contract", want)
		}
	}
	if strings.Contains(string(first), "$schema") || strings.Contains(string(first), "- \"null\"") {
		t.Error("the contract has $schema fields or nullable lists")
	}
}

func TestContractAndReferenceAreServed(t *testing.T) {
	h := newHarness(t, nil)
	for path, want := range map[string]string{
		"/openapi.json": `"openapi":"3.1.0"`, "/openapi.yaml": "openapi: 3.1.0", "/docs/api": `id="thing.update"`,
	} {
		w := h.do(http.MethodGet, path, "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d without %q", path, w.Code, want)
		}
		if w := h.do(http.MethodGet, path, "", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, w.Code)
		}
	}
	page := h.do(http.MethodGet, "/docs/api", "").Body.String()
	for _, outside := range []string{"http://", "https://", "<script", "//cdn"} {
		if strings.Contains(page, outside) {
			t.Errorf("the reference page reaches outside: %s", outside)
		}
	}
	for _, want := range []string{"Update a thing", "/api/v1/things/{id}", `href="#schema-ProblemDetails"`, "no credential needed", "at most 100"} {
		if !strings.Contains(page, want) {
			t.Errorf("the reference page lacks %q", want)
		}
	}
}

func TestOperationsAreListedByName(t *testing.T) {
	got := strings.Join(Operations(newHarness(t, nil).API()), " ")
	if got != "thing.all thing.panic thing.peek thing.update" {
		t.Error(got)
	}
}

func TestNamesThatClashAreQualified(t *testing.T) {
	namer := newNamer()
	if got := namer(reflect.TypeFor[*http.Server](), ""); got != "Server" {
		t.Error(got)
	}
	if got := namer(reflect.TypeFor[Server](), ""); got != "HttpxServer" {
		t.Error(got)
	}
	if got := namer(reflect.TypeFor[http.Server](), ""); got != "Server" {
		t.Errorf("the first name changed to %s", got)
	}
	if got := namer(reflect.TypeFor[Page[huma.Schema]](), ""); got != "PageSchema" {
		t.Error(got)
	}
	if got := namer(reflect.TypeFor[struct{ A int }](), "token.create_allRequest"); got != "TokenCreateAllRequest" {
		t.Error(got)
	}
	if got := namer(reflect.TypeFor[fault.Limit](), ""); got != "ProblemLimit" {
		t.Error(got)
	}
}

func TestAnOperationOfEachShapeDeclaresItsErrors(t *testing.T) {
	h := newHarness(t, nil)
	op := h.API().OpenAPI().Paths["/api/v1/things/{id}"].Put
	for _, status := range []string{"400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"} {
		if op.Responses[status] == nil {
			t.Errorf("no %s", status)
		}
	}
}

// BenchmarkOperation is the edge's share of a request: the whole chain around a
// handler that does nothing, with a rate and metrics.
func BenchmarkOperation(b *testing.B) {
	var observed int
	h := newHarness(b, func(c *Config) {
		c.Limiter = ratelimit.NewInProcess(time.Now)
		c.Rates = fixedRate{ratelimit.Policy{Name: "api", Requests: 1 << 30, Window: time.Second}}
		c.Observe = func(string, string, int, time.Duration) { observed++ }
	})
	handler := h.Handler()
	body := []byte(`{"name":"x"}`)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPut, thing, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.RemoteAddr = "192.0.2.7:4711"
		r.Header["Authorization"] = []string{"Bearer ann"}
		clear(w.header)
		handler.ServeHTTP(w, r)
		if w.status != 200 {
			b.Fatal(w.status)
		}
	}
	if observed == 0 {
		b.Fatal("nothing was observed")
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
