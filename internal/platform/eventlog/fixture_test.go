package eventlog

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/leaktest"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestMain(m *testing.M) {
	leaktest.Main(m)
}

var quiet = slog.New(slog.DiscardHandler)

// deaf is a bus that loses everything.
type deaf struct{}

func (deaf) Publish(string, []byte) error { return bus.ErrAway }
func (deaf) Subscribe(string, func(bus.Message), ...bus.Option) (bus.Subscription, error) {
	return nil, bus.ErrAway
}
func (deaf) Request(context.Context, string, []byte) ([]byte, error) { return nil, bus.ErrAway }

// world is one process with an event log on a database of its own.
type world struct {
	t     *testing.T
	db    *pg.DB
	hints *Hints
	seq   *Sequencer
	tail  *Tail
	epoch atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Clone(t)
	hints := NewHints(deaf{}, quiet)
	return &world{t: t, db: db, hints: hints, seq: NewSequencer(db, hints, quiet), tail: NewTail(db, hints, quiet)}
}

// background runs f until the test ends.
func (w *world) background(f func(ctx context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, ErrStale) {
			w.t.Error(err)
		}
	})
}

// follow runs the sequencer and the tail.
func (w *world) follow() {
	w.background(func(ctx context.Context) error { return w.seq.Lead(ctx, w.epoch.Add(1)) })
	w.background(w.tail.Run)
}

// happened makes an event of an aggregate.
func happened(aggregate ident.ID, version int64) Event {
	return Event{
		ID: ident.New(), Type: "test.happened.v1", Time: clock.System(), AggregateKind: "test", AggregateID: aggregate, Version: version,
		ActorKind: "system", CorrelationID: "test", Data: []byte(`{}`),
	}
}

// commit stores events in one transaction and hints.
func (w *world) commit(events ...Event) []Event {
	w.t.Helper()
	w.must(w.db.InTx(w.t.Context(), func(_ context.Context, tx *pg.Tx) error {
		for _, e := range events {
			Append(tx, e)
		}
		return nil
	}))
	w.hints.Committed(events)
	return events
}

// sequence moves everything that is committed.
func (w *world) sequence() {
	w.t.Helper()
	epoch := w.epoch.Add(1)
	_, err := w.db.Exec(w.t.Context(), claimSequencer, epoch)
	w.must(err)
	for {
		n, err := w.seq.move(w.t.Context(), epoch)
		w.must(err)
		if n == 0 {
			return
		}
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// eventually waits for a state of the log that follow brings about.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			w.t.Fatalf("not within two minutes: %s", what)
		case <-tick.C:
		}
	}
}

// ranks is an election without a database: Hold runs at once, with a higher epoch each time.
type ranks struct{ epoch atomic.Int64 }

func (r *ranks) Hold(ctx context.Context, _ string, work func(ctx context.Context, epoch int64) error) error {
	for ctx.Err() == nil {
		if err := work(ctx, r.epoch.Add(1)); err != nil && !errors.Is(err, ErrStale) {
			return err
		}
	}
	return nil
}
