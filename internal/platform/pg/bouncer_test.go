package pg_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// pool puts a transaction-pooling proxy with two connections before a server.
func pool(t *testing.T, program string) (url string) {
	t.Helper()
	dir := folder(t)
	cfg := config(dir)
	cfg.Unsafe = true
	server := serve(t, cfg)
	_, socket, _ := strings.Cut(server.URL(), "host=")
	socket, _, _ = strings.Cut(socket, "&")
	place := filepath.Join(dir, "bouncer")
	settings := filepath.Join(place, "bouncer.ini")
	text := fmt.Sprintf("[databases]\n* = host=%s user=%s\n[pgbouncer]\nlisten_addr =\nlisten_port = 6543\nunix_socket_dir = %s\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n", socket, pg.Superuser, place)
	if err := os.Mkdir(place, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	chownLike(t, place, filepath.Join(cfg.Dir, "data"))
	info, err := os.Stat(place)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // Linux
	cmd := exec.Command(program, settings)
	if os.Geteuid() == 0 { // it refuses to be root, and the server admits its own account
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return fmt.Sprintf("postgres:///%s?host=%s&port=6543&user=%s", pg.Superuser, place, pg.Superuser)
}

// Nothing here may depend on a session: every statement may meet another connection.
func TestBehindPgBouncer(t *testing.T) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("pgbouncer is not installed")
	}
	url := pool(t, program)
	if err := pg.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	db, err := pg.Open(t.Context(), pg.Config{URL: url, PgBouncer: true, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if _, err := db.Exec(t.Context(), `CREATE TABLE pooled (id uuid PRIMARY KEY, n int, words text[], doc jsonb)`); err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	for n := range 8 {
		clients.Go(func() {
			for range 20 {
				err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
					tx.Defer(`INSERT INTO pooled VALUES ($1, $2, $3, $4)`, ident.New(), n, []string{"a", "b"}, map[string]int{"n": n})
					_, err := pg.One[int](ctx, tx, fmt.Sprintf(`SELECT %d + $1::int`, n), n)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
	if n, err := pg.One[int](t.Context(), db, `SELECT count(*) FROM pooled WHERE words[2] = 'b' AND (doc ->> 'n')::int = n`); err != nil || n != 160 {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, totals, err := pg.Backup(t.Context(), url, io.Discard); err != nil || totals.Tables["pooled"].Rows != 160 {
		t.Errorf("backup of %v, %v", totals, err)
	}
	held := make(chan int64)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = pg.NewLeases(db, "me", shortLease, slog.New(slog.DiscardHandler)).Hold(ctx, "pooled", func(ctx context.Context, epoch int64) error {
			held <- epoch
			<-ctx.Done()
			return nil
		})
	}()
	if epoch := <-held; epoch != 1 {
		t.Errorf("epoch %d", epoch)
	}
}
