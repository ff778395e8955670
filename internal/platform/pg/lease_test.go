package pg_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// shortLease is long enough for a busy machine to renew it in time.
const shortLease = 9 * time.Second

// term is one time that a candidate held the lease.
type term struct {
	epoch int64
	lost  context.Context //nolint:containedctx // what the test watches
	leave chan error      // ends the work
}

// stand makes a candidate, whose terms arrive in a channel.
func stand(t *testing.T, ctx context.Context, db *pg.DB, holder, name string) (terms <-chan term, done <-chan error) {
	t.Helper()
	began, ended := make(chan term), make(chan error, 1)
	leases := pg.NewLeases(db, holder, shortLease, slog.New(slog.DiscardHandler))
	go func() {
		ended <- leases.Hold(ctx, name, func(ctx context.Context, epoch int64) error {
			one := term{epoch: epoch, lost: ctx, leave: make(chan error, 1)}
			select {
			case began <- one:
			case <-ctx.Done():
				return nil
			}
			select {
			case err := <-one.leave:
				return err
			case <-ctx.Done():
				return nil
			}
		})
	}()
	return began, ended
}

func TestLeasePassesOnInOrder(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	first, resign := context.WithCancel(t.Context())
	firstTerms, firstDone := stand(t, first, db, "first", t.Name())
	a := <-firstTerms
	secondTerms, _ := stand(t, t.Context(), db, "second", t.Name())

	// Renewed, it stays where it is for longer than one lease.
	held := time.NewTimer(shortLease * 4 / 3)
	select {
	case b := <-secondTerms:
		t.Fatalf("two hold it: epochs %d and %d", a.epoch, b.epoch)
	case <-a.lost.Done():
		t.Fatal("lost without a reason")
	case <-held.C:
	}
	resign()
	if err := <-firstDone; err != nil {
		t.Error(err)
	}
	if b := <-secondTerms; b.epoch != a.epoch+1 {
		t.Errorf("epoch %d after %d", b.epoch, a.epoch)
	}
}

func TestLeaseIsGivenUpWithTheWork(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	terms, _ := stand(t, t.Context(), db, "alone", t.Name())
	a := <-terms
	a.leave <- errors.New("could not go on")
	if b := <-terms; b.epoch != a.epoch+1 {
		t.Errorf("epoch %d after %d", b.epoch, a.epoch)
	}
}

func TestLostLeaseEndsTheWork(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	for name, loss := range map[string]string{
		"taken":   `UPDATE lease SET holder = 'thief', epoch = epoch + 1, until = now() + interval '1 minute' WHERE name = $1`,
		"expired": `UPDATE lease SET until = now() - interval '1 second' WHERE name = $1`,
		"removed": `DELETE FROM lease WHERE name = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terms, _ := stand(t, t.Context(), db, "holder", t.Name())
			a := <-terms
			if _, err := db.Exec(t.Context(), loss, t.Name()); err != nil {
				t.Fatal(err)
			}
			<-a.lost.Done()
		})
	}
}

// A holder that cannot reach the database stops before another may start.
func TestCutOffHolderStopsFirst(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	cut, err := pg.Open(t.Context(), pg.Config{URL: pgtest.URL(t), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	var stopped atomic.Bool
	leases := pg.NewLeases(cut, "cut off", shortLease, slog.New(slog.DiscardHandler))
	holds := make(chan int64, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = leases.Hold(ctx, t.Name(), func(ctx context.Context, epoch int64) error {
			select {
			case holds <- epoch:
			default:
			}
			<-ctx.Done()
			stopped.Store(true)
			return nil
		})
	}()
	epoch := <-holds
	cut.Close()
	terms, _ := stand(t, t.Context(), db, "other", t.Name())
	if next := <-terms; next.epoch != epoch+1 || !stopped.Load() {
		t.Errorf("epoch %d after %d; the first had stopped: %v", next.epoch, epoch, stopped.Load())
	}
}
