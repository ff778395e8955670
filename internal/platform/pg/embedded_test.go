package pg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const serveVariable = "STOA_PG_TEST_SERVE"

// TestMain lets a test start this program again as one that embeds a server, to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		server, err := pg.Embed(context.Background(), config(dir))
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("ready", server.PID())
		select {}
	}
	os.Exit(m.Run())
}

// Data outlives an orderly end, and a kill, on every PostgreSQL of this machine.
func TestEmbeddedKeepsItsData(t *testing.T) {
	for _, binaries := range installed(t) {
		t.Run(binaries, func(t *testing.T) {
			cfg := config(folder(t))
			cfg.Binaries = binaries
			died := make(chan error, 10)
			cfg.Died = func(err error) { died <- err }
			server, err := pg.Embed(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			exec1(t, server.URL(), `CREATE TABLE kept (n int)`, `INSERT INTO kept VALUES (1)`)
			if err := server.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			server = serve(t, cfg)
			exec1(t, server.URL(), `INSERT INTO kept VALUES (2)`)

			db := connect(t, server.URL())
			killed := server.PID()
			if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := <-died; err == nil {
				t.Error("died of nothing")
			}
			if n, err := pg.One[int](t.Context(), db, `SELECT count(*) FROM kept`); err != nil || n != 2 {
				t.Fatalf("%d rows, %v", n, err)
			}
			if server.PID() == killed || server.PID() == 0 {
				t.Errorf("process %d after %d", server.PID(), killed)
			}
		})
	}
}

func exec1(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, sql := range statements {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// A killed program leaves a server; the next one takes its place and finds everything.
func TestEmbeddedFollowsAKilledProgram(t *testing.T) {
	dir := folder(t)
	first := exec.Command(os.Args[0])
	first.Env = append(os.Environ(), serveVariable+"="+dir)
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	var left int
	if _, errS := fmt.Sscanf(line, "ready %d", &left); err != nil || errS != nil {
		t.Fatalf("%q, %v", line, err)
	}
	cfg := config(dir)
	url, ok := pg.Running(cfg.Dir)
	if !ok {
		t.Fatal("the running server is not found")
	}
	exec1(t, url, `CREATE TABLE kept (n int)`)

	// While it lives, nobody else gets in.
	if _, err := pg.Embed(t.Context(), cfg); !fault.Is(err, "database.in_use") {
		t.Fatalf("a second server: %v", err)
	}
	// A server that does not stop when its parent dies: stopped itself, it cannot.
	if err := syscall.Kill(left, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	if url, ok := pg.Running(cfg.Dir); !ok {
		t.Errorf("the server is gone: %s", url)
	}
	ready := make(chan error)
	var server *pg.Server
	go func() {
		var err error
		server, err = pg.Embed(t.Context(), cfg)
		ready <- err
	}()
	if err := syscall.Kill(left, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	if server.PID() == left {
		t.Error("it is still the old one")
	}
	exec1(t, server.URL(), `INSERT INTO kept VALUES (1)`)
}

// A stale file names a process that is somebody else by now: it must be left alone.
func TestEmbeddedSparesAStranger(t *testing.T) {
	cfg := config(folder(t))
	cfg.Unsafe = true
	server, err := pg.Embed(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sleep", "600")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	stale := fmt.Sprintf("%d\n%s\n", stranger.Process.Pid, cfg.Dir)
	if err := os.WriteFile(filepath.Join(cfg.Dir, "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := pg.Running(cfg.Dir); ok {
		t.Error("a stranger is taken for the server")
	}
	cfg.Died = func(err error) { t.Errorf("died: %v", err) }
	chownLike(t, filepath.Join(cfg.Dir, "data", "postmaster.pid"), filepath.Join(cfg.Dir, "data"))
	serve(t, cfg)
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger is gone: %v", err)
	}
}

func chownLike(t *testing.T, path, like string) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // Linux
	if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
}

func TestEmbeddedRefusesAnotherMajorUntouched(t *testing.T) {
	cfg := config(folder(t))
	data := filepath.Join(cfg.Dir, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, data)
	_, err := pg.Embed(t.Context(), cfg)
	if !fault.Is(err, "database.other_major") || !strings.Contains(err.Error(), "stoad backup") || !strings.Contains(err.Error(), "PostgreSQL 11") {
		t.Errorf("got %v", err)
	}
	if after := listing(t, data); after != before {
		t.Errorf("the data was touched: %s, was %s", after, before)
	}
}

func listing(t *testing.T, dir string) (all string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all += fmt.Sprintln(path, info.Mode(), info.Size(), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A server that cannot run says so, with its own words, instead of trying for ever.
func TestEmbeddedGivesUp(t *testing.T) {
	cfg := config(folder(t))
	cfg.Unsafe = true
	server, err := pg.Embed(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, "data", "postgresql.conf"), []byte("no_such_setting = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	chownLike(t, filepath.Join(cfg.Dir, "data", "postgresql.conf"), filepath.Join(cfg.Dir, "data"))
	if _, err := pg.Embed(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("got %v", err)
	}
}

// Only this user and the server's reach the socket, and a long path has a short one.
func TestSocket(t *testing.T) {
	dir := folder(t)
	cfg := config(dir)
	cfg.Unsafe = true
	cfg.RunDir = filepath.Join(dir, strings.Repeat("long", 30))
	server, err := pg.Embed(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, server.URL(), `SELECT 1`)
	_, socket, _ := strings.Cut(server.URL(), "host=")
	socket, _, _ = strings.Cut(socket, "&")
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v, %v", socket, info, err)
	}
	if addresses := one(t, server.URL(), `SHOW listen_addresses`); addresses != "" {
		t.Errorf("listens on %s", addresses)
	}
	if rules := one(t, server.URL(), `SELECT string_agg(type || ' ' || auth_method, ',') FROM pg_hba_file_rules`); rules != "local peer" {
		t.Errorf("admits %s", rules)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket's folder is left: %v", err)
	}
}

func one(t *testing.T, url, sql string) string {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	text, err := pg.One[string](t.Context(), db, sql)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// How long a person waits for the database: STOA_BENCH_BINARIES chooses which.
func BenchmarkEmbedFirst(b *testing.B) {
	for b.Loop() {
		cfg := config(folder(b))
		cfg.Binaries = os.Getenv("STOA_BENCH_BINARIES")
		server, err := pg.Embed(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = server.Stop(b.Context())
		b.StartTimer()
	}
}

func BenchmarkEmbedAgain(b *testing.B) {
	cfg := config(folder(b))
	cfg.Binaries = os.Getenv("STOA_BENCH_BINARIES")
	for b.Loop() {
		server, err := pg.Embed(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = server.Stop(b.Context())
		b.StartTimer()
	}
}
