package pgtest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const waitingForLocks = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`

// Crowd runs f n times at once: all of them are stopped at what lock takes, and go on
// together. Those that need not wait for it are done by then.
func Crowd(tb testing.TB, db *pg.DB, n int, lock string, id ident.ID, f func(i int)) {
	tb.Helper()
	var all sync.WaitGroup
	var done atomic.Int64
	err := db.InTx(tb.Context(), func(ctx context.Context, tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, lock, id); err != nil {
			return err
		}
		for i := range n {
			all.Go(func() {
				f(i)
				done.Add(1)
			})
		}
		for {
			waiting, err := pg.One[int64](ctx, db, waitingForLocks)
			if err != nil || waiting+done.Load() >= int64(n) {
				return err
			}
		}
	})
	all.Wait()
	if err != nil {
		tb.Fatal(err)
	}
}
