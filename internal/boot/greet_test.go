package boot

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Two installations of one user side by side can both be reached, also when they are
// started again; what was removed gives its name free.
func TestInstallationsSideBySideKeepTheirContexts(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	first, second, third := t.TempDir(), filepath.Join(t.TempDir(), "second"), t.TempDir()
	if err := os.Mkdir(second, 0o700); err != nil {
		t.Fatal(err)
	}
	project := ident.New()
	start := func(dir, url, want string, wantCurrent bool) {
		t.Helper()
		s := supervisor{config: Config{DataDir: dir}}
		name, current, err := s.saveContext(t.Context(), handover{Running: Running{URL: url}, OperatorToken: "token of " + dir, Project: project})
		if err != nil || name != want || current != wantCurrent {
			t.Errorf("%s got the context %q, current %v, %v; want %q, current %v", url, name, current, err, want, wantCurrent)
		}
		path, _ := config.Path(os.Getenv)
		c, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if at := c.Contexts[want]; at.URL != url || at.Token != "token of "+dir {
			t.Errorf("%s: the context %s is %+v", url, want, at)
		}
	}
	start(first, "http://127.0.0.1:8080", "local", true)
	start(second, "http://127.0.0.1:8081", "local-2", true)
	start(first, "http://127.0.0.1:8082", "local", true)
	start(third, "http://127.0.0.1:8083", "local-3", true)
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	start(t.TempDir(), "http://127.0.0.1:8084", "local-2", true)

	// Whoever works in an installation elsewhere goes on to do so.
	path, _ := config.Path(os.Getenv)
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	c.Contexts["work"], c.Current = config.Context{URL: "https://stoa.example.org"}, "work"
	if err := config.Save(path, c); err != nil {
		t.Fatal(err)
	}
	start(first, "http://127.0.0.1:8080", "local", false)
}

// The project that somebody works in stays theirs at the next start, as long as there is one.
func TestTheContextKeepsItsProject(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	path, err := config.Path(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	chosen, home, dir := ident.New(), ident.New(), t.TempDir()
	for name, c := range map[string]struct {
		status int
		body   string
		want   ident.ID
	}{
		"it is there":               {http.StatusOK, `{"role":"project.manager"}`, chosen},
		"it was archived":           {http.StatusOK, `{"role":"project.manager","archived_at":"2026-03-01T12:00:00Z"}`, home},
		"there is nothing to do":    {http.StatusOK, `{}`, home},
		"another installation":      {http.StatusNotFound, `{"code":"not_found"}`, home},
		"it cannot be found out":    {http.StatusForbidden, `{"code":"denied"}`, chosen},
		"the answer makes no sense": {http.StatusOK, `<html>`, chosen},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/api/v1/projects/"+chosen.String() || r.Header.Get("Authorization") != "Bearer secret" {
					t.Errorf("%s with %q", r.URL, r.Header.Get("Authorization"))
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			before := config.Context{URL: "http://192.0.2.1", Token: "old", Project: chosen.String(), DataDir: dir}
			if err := config.Save(path, config.Config{Current: "local", Contexts: map[string]config.Context{"local": before}}); err != nil {
				t.Fatal(err)
			}
			h := handover{Running: Running{URL: server.URL, Listening: strings.TrimPrefix(server.URL, "http://")}, OperatorToken: "secret", Project: home}
			if _, _, err := (supervisor{config: Config{DataDir: dir}}).saveContext(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			kept, err := config.Load(path)
			if got := kept.Contexts["local"]; err != nil || got.Project != c.want.String() || got.Token != "secret" {
				t.Errorf("%+v, %v; want the project %s", got, err, c.want)
			}
		})
	}
}

// Who listens on every address is told links that lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "192.0.2.7:80": "192.0.2.7:80", "[::1]:8080": "[::1]:8080",
		"0.0.0.0:8080": "127.0.0.1:8080", "[::]:8080": "127.0.0.1:8080",
	} {
		if got := fromHere(listening); got != want {
			t.Errorf("%s is reached at %s, want %s", listening, got, want)
		}
	}
}
