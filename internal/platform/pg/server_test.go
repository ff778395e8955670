package pg_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// folder is one that the server's account can enter, which t.TempDir is not.
func folder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "stoa-pg-test-") //nolint:usetesting // see above
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}

func config(dir string) pg.EmbedConfig {
	return pg.EmbedConfig{Dir: filepath.Join(dir, "postgres"), RunDir: filepath.Join(dir, "run"), Log: slog.New(slog.DiscardHandler)}
}

// serve starts a server that ends with the test.
func serve(tb testing.TB, cfg pg.EmbedConfig) *pg.Server {
	tb.Helper()
	server, err := pg.Embed(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return server
}

func connect(tb testing.TB, url string) *pg.DB {
	tb.Helper()
	db, err := pg.Open(tb.Context(), pg.Config{URL: url, MaxConns: 4})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(db.Close)
	return db
}

// installed are the servers of this machine: the bundle's or the newest, and the host's.
func installed(tb testing.TB) []string {
	tb.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		tb.Fatal(err)
	}
	return append([]string{""}, found...)
}
