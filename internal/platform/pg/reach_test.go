package pg_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// While the server is killed again and again, writers wait or try again and hardly
// notice: what was answered is stored, what was refused is not, and the rest says so.
func TestWritersOutliveTheServer(t *testing.T) {
	const rounds, writers = 12, 4 // more than would end a server that never was ready
	died := make(chan struct{}, 2*rounds)
	cfg := config(folder(t))
	cfg.Died = func(error) { died <- struct{}{} }
	server := serve(t, cfg)
	db := connect(t, server.URL())
	if _, err := db.Exec(t.Context(), `CREATE TABLE written (writer int, n int, PRIMARY KEY (writer, n))`); err != nil {
		t.Fatal(err)
	}
	var stored, unknown atomic.Int64
	var enough atomic.Bool
	wrote := make(chan struct{}, 1)
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for n := 0; !enough.Load(); n++ {
				err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
					_, err := pg.One[int](ctx, tx, `SELECT 1`)
					tx.Defer(`INSERT INTO written VALUES ($1, $2)`, writer, n)
					return err
				})
				switch {
				case err == nil:
					stored.Add(1)
					select {
					case wrote <- struct{}{}:
					default:
					}
				case fault.Is(err, "database.outcome_unknown"):
					unknown.Add(1)
				case !pg.IsRetryable(err) && !fault.Is(err, "database.unavailable"): // on a busy machine it may take long
					t.Error(err)
				}
			}
		})
	}
	for killed := 0; killed < rounds; {
		<-wrote
		pid := server.PID()
		if pid == 0 { // which a kill would take for this process and all of its group
			continue
		}
		err := syscall.Kill(pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) { // what was written was written to the one before
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		<-died
		killed++
	}
	<-wrote
	enough.Store(true)
	all.Wait()
	const count = `SELECT count(*) FROM written`
	n, err := pg.One[int64](t.Context(), db, count)
	for tries := 0; err != nil && tries < 10; tries++ { // a connection may still be to what is left of the server that was killed last
		n, err = pg.One[int64](t.Context(), db, count)
	}
	if err != nil || n < stored.Load() || n > stored.Load()+unknown.Load() {
		t.Errorf("%d rows; %d were stored and %d unknown; %v", n, stored.Load(), unknown.Load(), err)
	}
	t.Logf("%d stored, %d unknown", stored.Load(), unknown.Load())
}

// A database that stays away is said to be away, in a way that callers understand.
func TestUnreachable(t *testing.T) {
	cfg := config(folder(t))
	cfg.Unsafe = true
	server := serve(t, cfg)
	db := connect(t, server.URL())
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := pg.One[int](t.Context(), db, `SELECT 1`)
	if f := fault.Of(err); f.Kind != fault.Unavailable || f.Retry == 0 {
		t.Errorf("got %v", err)
	}
	// Who does not want to wait does not have to.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.InTx(ctx, func(context.Context, *pg.Tx) error { return nil }); err == nil || fault.Is(err, "database.unavailable") {
		t.Errorf("got %v", err)
	}
}

// A server that recovers refuses whoever comes, and each of them costs it a process: a program asks for it now and then, not for
// each of its callers.
func TestARecoveringServerIsLeftAlone(t *testing.T) {
	const callers, conns = 30, 4
	var tried atomic.Int64
	db := connect(t, "postgres://stoa@"+recovering(t, &tried)+"/stoa?sslmode=disable")
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			if _, err := pg.One[int](t.Context(), db, `SELECT 1`); !fault.Is(err, "database.unavailable") {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait() // each has waited for a few seconds
	if n := tried.Load(); n > 100 {
		t.Errorf("%d callers with %d connections led to %d tries", callers, conns, n)
	}
}

// recovering is a server that says so to everybody.
func recovering(t *testing.T, tried *atomic.Int64) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			tried.Add(1)
			all.Go(func() {
				backend := pgproto3.NewBackend(conn, conn)
				if _, err := backend.ReceiveStartupMessage(); err == nil {
					backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "57P03", Message: "the database system is starting up"})
					_ = backend.Flush()
				}
				_ = conn.Close()
			})
		}
	})
	return listener.Addr().String()
}
