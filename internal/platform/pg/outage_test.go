package pg

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// standIn is a server that can be away, and counts who asks for it.
type standIn struct {
	refusal error
	there   atomic.Bool
	asked   atomic.Int64
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	_, err := pgx.Connect(t.Context(), "host="+filepath.Join(t.TempDir(), "nobody"))
	if !isDown(err) {
		t.Fatalf("a server that is not there: %v", err)
	}
	return &standIn{refusal: err}
}

func (s *standIn) connect(context.Context) error {
	s.asked.Add(1)
	if s.there.Load() {
		return nil
	}
	return s.refusal
}

// call asks as a pool does, which opens a connection unless that is refused.
func (s *standIn) call(o *outage) func() error {
	return func() error {
		if err := o.refuse(); err != nil {
			return err
		}
		return s.connect(context.Background())
	}
}

// However many wait for a server, one asks for it, ever more rarely; when it answers, all go on at once.
func TestOneAsksForAllWhoWait(t *testing.T) {
	const waiting, long = 200, 4 * time.Second
	server := newStandIn(t)
	synctest.Test(t, func(t *testing.T) {
		o := newOutage(slog.New(slog.DiscardHandler), server.connect)
		defer o.close()
		o.notice(server.refusal)
		began := time.Now()
		time.AfterFunc(long, func() { server.there.Store(true) })
		back := make(chan time.Duration, waiting)
		var all sync.WaitGroup
		for range waiting {
			all.Go(func() {
				if err := o.reach(t.Context(), server.call(o)); err != nil {
					t.Error(err)
				}
				back <- time.Since(began)
			})
		}
		time.Sleep(long - 1)
		if asked := server.asked.Load(); asked > 20 {
			t.Errorf("it was asked for %d times in %s", asked, long)
		}
		all.Wait()
		first := <-back
		for range waiting - 1 {
			if next := <-back; next != first {
				t.Fatalf("one goes on after %s, another after %s", first, next)
			}
		}
		if first > long+lastPause*5/4 {
			t.Errorf("it was back after %s, which was found out after %s", long, first)
		}
	})
}

// Who has waited for long enough is told so, and the prober goes on for the next.
func TestAnOutageOutlastsPatience(t *testing.T) {
	server := newStandIn(t)
	synctest.Test(t, func(t *testing.T) {
		o := newOutage(slog.New(slog.DiscardHandler), server.connect)
		defer o.close()
		began := time.Now()
		if err := o.reach(t.Context(), server.call(o)); fault.KindOf(err) != fault.Unavailable || time.Since(began) != patience {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := o.reach(ctx, server.call(o)); !errors.Is(err, server.refusal) {
			t.Errorf("who has left is told %v", err)
		}
		before := server.asked.Load()
		time.Sleep(time.Minute)
		if asked := server.asked.Load() - before; asked < 40 || asked > 85 {
			t.Errorf("a minute later it was asked for %d times more", asked)
		}
		server.there.Store(true)
		if err := o.reach(t.Context(), server.call(o)); err != nil {
			t.Error(err)
		}
		if err := o.refuse(); err != nil {
			t.Errorf("it answers, and a connection is refused: %v", err)
		}
	})
}

// A server that answers now and then is not asked each time as if it had just gone.
func TestOneOutageAfterAnother(t *testing.T) {
	server := newStandIn(t)
	synctest.Test(t, func(t *testing.T) {
		o := newOutage(slog.New(slog.DiscardHandler), func(context.Context) error { return nil })
		defer o.close()
		const seconds = 30
		outages := 0
		for began := time.Now(); time.Since(began) < seconds*time.Second; outages++ {
			<-o.notice(server.refusal)
		}
		if outages > seconds*3/2+20 {
			t.Errorf("%d outages in %d s", outages, seconds)
		}
	})
}

// Who closes the pools does not wait for a server that is away.
func TestClosingEndsTheProber(t *testing.T) {
	server := newStandIn(t)
	synctest.Test(t, func(t *testing.T) {
		o := newOutage(slog.New(slog.DiscardHandler), server.connect)
		over := o.notice(server.refusal)
		o.close()
		<-over
		<-o.notice(server.refusal)
		if asked := server.asked.Load(); asked != 0 {
			t.Errorf("it was asked for %d times", asked)
		}
	})
}
