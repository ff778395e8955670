package boot

import (
	"os"
	"path/filepath"
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
	start := func(dir, url, want string, wantCurrent bool) {
		t.Helper()
		s := supervisor{config: Config{DataDir: dir}}
		name, current, err := s.saveContext(handover{Running: Running{URL: url}, OperatorToken: "token of " + dir, Project: ident.New()})
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
