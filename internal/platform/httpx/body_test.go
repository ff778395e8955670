package httpx

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestABodyThatIsStreamedIsBoundedByItsOperationAlone(t *testing.T) {
	h := newHarness(t, func(c *Config) { c.MaxBody = 100 })
	type answer struct {
		Body struct {
			Told int64 `json:"told"`
			Read int64 `json:"read"`
		}
	}
	huma.Register(h.API(), Streams(Operation("thing.send", http.MethodPost, "/api/v1/sent", "Send", "Things"), "application/octet-stream"),
		func(ctx context.Context, _ *struct{}) (*answer, error) {
			content, size := Body(ctx)
			n, err := io.Copy(io.Discard, content)
			out := &answer{}
			out.Body.Told, out.Body.Read = size, n
			return out, err
		})
	server := httptest.NewServer(h.Handler())
	defer server.Close()
	for body, want := range map[io.Reader]string{
		strings.NewReader(strings.Repeat("x", 1000)):                 `{"told":1000,"read":1000}`,
		io.MultiReader(strings.NewReader(strings.Repeat("x", 1000))): `{"told":-1,"read":1000}`,
		http.NoBody: `{"told":0,"read":0}`,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/v1/sent", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer ann")
		got, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != 200 || strings.TrimSpace(string(text)) != want {
			t.Errorf("%d %s, want %s: %v", got.StatusCode, text, want, err)
		}
		_ = got.Body.Close()
	}
	if w := h.do("POST", "/api/v1/sent/", strings.Repeat("x", 200), "Authorization", "Bearer ann"); w.Code != 413 {
		t.Errorf("another path takes a long body: %d", w.Code)
	}
}
