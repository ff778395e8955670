//go:build !noweb

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func testSite() http.Handler {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return serve(fstest.MapFS{
		"index.html":            text("<!doctype html>"),
		"theme.js":              text("theme"),
		"assets/app-1a2b.js":    text("plain"),
		"assets/app-1a2b.js.br": text("brotli"),
		"assets/app-1a2b.js.gz": text("gzip"),
	})
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEncodings(t *testing.T) {
	for _, c := range []struct{ accept, encoding, body string }{
		{"", "", "plain"},
		{"gzip, deflate", "gzip", "gzip"},
		{"gzip, deflate, br;q=0.9", "br", "brotli"},
		{"br;q=0, gzip;q=0.5", "gzip", "gzip"},
		{"identity", "", "plain"},
	} {
		w := get(testSite(), "/assets/app-1a2b.js", "Accept-Encoding", c.accept)
		if w.Code != 200 || w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("Accept-Encoding %q: got %d %q in %q", c.accept, w.Code, w.Body, w.Header().Get("Content-Encoding"))
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: caches can't tell the encodings apart", c.accept)
		}
	}
}

func TestCaching(t *testing.T) {
	s := testSite()
	if got := get(s, "/assets/app-1a2b.js").Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("hashed file: %q", got)
	}
	if got := get(s, "/").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("index: %q", got)
	}
	tag := get(s, "/theme.js").Header().Get("ETag")
	if w := get(s, "/theme.js", "If-None-Match", tag); tag == "" || w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("theme.js with %s: %d %q", tag, w.Code, w.Body)
	}
}

func TestScreensAreIndexAndNothingElseIs(t *testing.T) {
	s := testSite()
	for _, path := range []string{"/", "/run", "/executions/0198-x", "/index.html", "/../etc/passwd"} {
		w := get(s, path)
		if w.Code != 200 || w.Body.String() != "<!doctype html>" || w.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/assets/old-9f.js", "/api/v1/nothing"} {
		if w := get(s, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/run", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestSomethingIsEmbedded(t *testing.T) {
	if w := get(Handler(), "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "Stoa") {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
}
