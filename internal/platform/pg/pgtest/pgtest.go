// Package pgtest gives tests the real PostgreSQL: one server and one database per
// test package, started from a copy of a migrated data folder that all packages
// share, so that a package pays for a copy and not for initdb and migrations.
// Tests tell their rows apart by a fresh organization; one that needs a database
// to itself takes a Clone.
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const pristine = "pristine" // the migrated database that nobody connects to

var shared struct {
	once sync.Once
	db   *pg.DB
	url  string
	err  error
}

// Open returns the package's database, migrated. It is shared by the package's tests.
func Open(tb testing.TB) *pg.DB {
	tb.Helper()
	shared.once.Do(func() { shared.db, shared.url, shared.err = start() })
	if shared.err != nil {
		tb.Fatalf("start PostgreSQL for tests: %v", shared.err)
	}
	return shared.db
}

// URL is how to connect to the package's database.
func URL(tb testing.TB) string {
	tb.Helper()
	Open(tb)
	return shared.url
}

var clones atomic.Int64

// Clone returns a migrated database of the test's own.
func Clone(tb testing.TB) *pg.DB {
	tb.Helper()
	db, _ := CloneURL(tb)
	return db
}

// CloneURL is Clone, and how to connect to it.
func CloneURL(tb testing.TB) (*pg.DB, string) {
	tb.Helper()
	admin := Open(tb)
	name := fmt.Sprintf("clone_%d", clones.Add(1))
	if _, err := admin.Exec(tb.Context(), `CREATE DATABASE `+name+` TEMPLATE `+pristine); err != nil {
		tb.Fatalf("clone database: %v", err)
	}
	url := strings.Replace(shared.url, "///"+pg.Superuser, "///"+name, 1)
	db, err := pg.Open(tb.Context(), pg.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatalf("open clone: %v", err)
	}
	tb.Cleanup(func() {
		db.Close()
		_, _ = admin.Exec(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`)
	})
	return db, url
}

func start() (*pg.DB, string, error) {
	root := filepath.Join(os.TempDir(), fmt.Sprintf("stoa-pgtest-%d", os.Getuid()))
	// The server may be another user, who must get through.
	if err := errors.Join(os.MkdirAll(filepath.Join(root, bundles), 0o755), os.Chmod(root, 0o755)); err != nil { //nolint:gosec // nothing secret
		return nil, "", err
	}
	dir, err := copyTemplate(root)
	if err != nil {
		return nil, "", err
	}
	server, err := embed(dir)
	if err != nil {
		return nil, "", err
	}
	// The server dies with this process; a later one sweeps its folder.
	db, err := pg.Open(context.Background(), pg.Config{URL: server.URL(), MaxConns: 20, Log: slog.New(slog.DiscardHandler)})
	return db, server.URL(), err
}

func embed(dir string) (*pg.Server, error) {
	return pg.Embed(context.Background(), pg.EmbedConfig{
		Dir: dir, RunDir: filepath.Join(dir, "s"), Bundles: filepath.Join(filepath.Dir(dir), bundles),
		Unsafe: true, MaxConnections: 100, Log: slog.New(slog.DiscardHandler),
	})
}

const (
	bundles = "bundles"
	keep    = 24 * time.Hour // a template that nobody used since goes
)

// copyTemplate gives this process a data folder, under a lock that all packages of
// all checkouts share: one makes the template, and nobody removes one being copied.
func copyTemplate(root string) (string, error) {
	lock, err := os.OpenFile(filepath.Join(root, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	key, err := schemaKey()
	if err != nil {
		return "", err
	}
	template := filepath.Join(root, "template-"+key)
	if _, err := os.Stat(template); err != nil {
		if err := makeTemplate(root, template); err != nil {
			return "", err
		}
	}
	now := time.Now()
	_ = os.Chtimes(template, now, now)
	sweep(root)
	dir := filepath.Join(root, fmt.Sprintf("run-%d", os.Getpid()))
	if out, err := exec.Command("cp", "-a", "--reflink=auto", template, dir).CombinedOutput(); err != nil { //nolint:gosec // our own paths
		return "", fmt.Errorf("copy template: %w: %s", err, out)
	}
	return dir, nil
}

func makeTemplate(root, template string) error {
	building := filepath.Join(root, "building")
	if err := os.RemoveAll(building); err != nil {
		return err
	}
	server, err := embed(building)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := errors.Join(prepare(ctx, server.URL()), server.Stop(ctx)); err != nil {
		return err
	}
	return os.Rename(building, template)
}

func prepare(ctx context.Context, url string) error {
	if err := pg.Migrate(ctx, url); err != nil {
		return err
	}
	// Through the maintenance database, because a template may have no connections.
	db, err := pg.Open(ctx, pg.Config{URL: strings.Replace(url, "///"+pg.Superuser, "///postgres", 1), MaxConns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	for _, sql := range []string{
		`CREATE DATABASE ` + pristine + ` TEMPLATE ` + pg.Superuser,
		// Each package copies the folder, and nobody needs these in it.
		`UPDATE pg_database SET datistemplate = false`,
		`DROP DATABASE template0`,
		`DROP DATABASE template1`,
	} {
		if _, err := db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// schemaKey changes with any migration, and with the server that reads the data.
func schemaKey() (string, error) {
	sum := sha256.New()
	names, err := fs.Glob(pg.Migrations(), "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		content, err := fs.ReadFile(pg.Migrations(), name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
	}
	// A data folder belongs to who the server ran as, which changes when the user “stoa” is made.
	owner, _ := user.Lookup("stoa")
	fmt.Fprintf(sum, "server %s %t, small", pg.ServerIdentity(), owner != nil)
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// sweep removes what processes that are gone left, and templates of older schemas.
func sweep(root string) {
	runs, _ := filepath.Glob(filepath.Join(root, "run-*"))
	for _, dir := range runs {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), "run-"))
		if err == nil && (pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)) {
			_ = os.RemoveAll(dir)
		}
	}
	templates, _ := filepath.Glob(filepath.Join(root, "template-*"))
	for _, dir := range templates {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > keep {
			_ = os.RemoveAll(dir)
		}
	}
}
