package eventplane

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

const (
	operator permission.Role = "platform.operator"
	admin    permission.Role = "organization.admin"
	member   permission.Role = "organization.member"
)

// deaf is a bus that loses everything.
type deaf struct{}

func (deaf) Publish(string, []byte) error { return bus.ErrAway }
func (deaf) Subscribe(string, func(bus.Message), ...bus.Option) (bus.Subscription, error) {
	return nil, bus.ErrAway
}
func (deaf) Request(context.Context, string, []byte) ([]byte, error) { return nil, bus.ErrAway }

// alone holds every lease at once.
type alone struct{}

func (alone) Hold(ctx context.Context, _ string, work func(ctx context.Context, epoch int64) error) error {
	for ctx.Err() == nil {
		if err := work(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

// thresholds are settings.
type thresholds map[string]int64

func (t thresholds) Int(_ context.Context, _ pg.Querier, name string) (int64, error) {
	return t[name], nil
}

// world is the slice over a running log whose one consumer fails as long as it is told to.
type world struct {
	*Slice
	t        *testing.T
	db       *pg.DB
	hints    *eventlog.Hints
	settings thresholds
	ann, eve context.Context // operator, and somebody else

	receiver  *receiver
	elsewhere *elsewhere
	epoch     int64
	logged    *logged

	mu      sync.Mutex
	late    time.Duration // by which the clock is ahead
	failing bool
	handled []ident.ID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	w := &world{t: t, db: pgtest.Clone(t), failing: true, receiver: &receiver{}, elsewhere: &elsewhere{}, logged: &logged{}, settings: thresholds{"events.dead_letters.warning": 2, "events.dead_letters.critical": 4}}
	w.hints = eventlog.NewHints(deaf{}, quiet)
	tail := eventlog.NewTail(w.db, w.hints, quiet)
	consumers, err := eventlog.NewConsumers(w.db, alone{}, w.hints, tail, quiet, eventlog.Consumer{
		Name: "mail", Handler: w.handle, Types: []string{"house.sold.v1"}, Retry: eventlog.Retry{Strategy: eventlog.Manual}, Replayable: true,
	}, eventlog.Consumer{Name: "audit", Types: []string{"nothing.v1"}})
	w.must(err)
	sequencer := eventlog.NewSequencer(w.db, w.hints, quiet)
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { _ = sequencer.Lead(ctx, 1) })
	loops.Go(func() { _ = tail.Run(ctx) })
	loops.Go(func() { _ = consumers.Run(ctx) })
	t.Cleanup(func() { cancel(); loops.Wait() })

	table := permission.Table{"dead_letter.note_level": {permission.System}}
	for _, name := range []string{"dead_letter.list", "dead_letter.statistics", "dead_letter.retry", "dead_letter.discard", "retry_policy.list", "retry_policy.set", "retry_policy.clear"} {
		table[name] = []permission.Role{operator}
	}
	for _, verb := range []string{"create", "start", "pause", "resume", "cancel", "delete", "get", "file"} {
		table["replay."+verb] = []permission.Role{operator, admin}
	}
	for _, verb := range []string{"create", "update", "pause", "resume", "delete"} {
		table["sink."+verb] = []permission.Role{operator, admin}
	}
	for _, name := range []string{"replay.list", "sink.list"} {
		table[name] = []permission.Role{permission.Authenticated}
	}
	for _, name := range []string{"replay.begin", "replay.end", "sink.halt", "sink.note_outage"} {
		table[name] = []permission.Role{permission.System}
	}
	runner := &command.Runner{Strict: true, DB: w.db, Clock: w.now, NewID: ident.New, Log: quiet, Table: table, Wake: w.hints.Committed}
	w.Slice = New(Needs{Runner: runner, Letters: consumers, Settings: w.settings, Limits: fixed(2), Managers: []permission.Role{operator, admin}, Guard: w.elsewhere, Bus: w.receiver, Keys: keys(t), Caller: w.receiver, Tail: tail, Dial: w.elsewhere.dial, Log: slog.New(slog.NewTextHandler(w.logged, nil))})
	w.ann = as(t, command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}})
	w.eve = as(t, command.Actor{Kind: command.User, ID: ident.New()})
	return w
}

// logged is what the slice wrote to its log.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), words)
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clock.System().Add(w.late)
}

// passes lets the clock go on.
func (w *world) passes(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late += d
}

func as(t *testing.T, a command.Actor) context.Context {
	return command.WithRequest(t.Context(), &command.Request{Actor: a, CorrelationID: "c-1"})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) handle(_ context.Context, _ *pg.Tx, e eventlog.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failing {
		return errors.New("the post office is closed")
	}
	w.handled = append(w.handled, e.ID)
	return nil
}

func (w *world) works() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing = false
}

// sold commits events of houses: each name is a house of its own.
func (w *world) sold(kind string, houses ...ident.ID) {
	w.t.Helper()
	for i, house := range houses {
		e := eventlog.Event{
			ID: ident.New(), Type: "house.sold.v1", Time: clock.System(), AggregateKind: kind, AggregateID: house, Version: int64(i + 1),
			ActorKind: "system", CorrelationID: "c", Data: []byte(`{}`),
		}
		w.must(w.db.InTx(w.t.Context(), func(_ context.Context, tx *pg.Tx) error { eventlog.Append(tx, e); return nil }))
		w.hints.Committed([]eventlog.Event{e})
	}
}

// caughtUp waits until the consumer has handled so many.
func (w *world) caughtUp(events int) {
	w.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		w.mu.Lock()
		handled := len(w.handled)
		w.mu.Unlock()
		if handled >= events {
			return
		}
		select {
		case <-deadline:
			w.t.Fatalf("not within two minutes: %d events, %d are handled", events, handled)
		case <-tick.C:
		}
	}
}

// spread makes what happened so far lie an hour apart.
func (w *world) spread() {
	w.t.Helper()
	w.must(w.db.InTx(w.t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		for _, sql := range []string{
			`ALTER TABLE event DISABLE TRIGGER event_append_only`,
			`UPDATE event e SET time = now() + l.position * make_interval(secs => 3600) FROM event_log l WHERE l.event_id = e.id`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	}))
}

// counts waits until there are so many in each status.
func (w *world) counts(want map[eventlog.Status]int64) {
	w.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := w.Statistics(w.ann, struct{}{})
		w.must(err)
		got := map[eventlog.Status]int64{}
		for _, c := range st.Counts {
			got[c.Status] += c.Events
		}
		if cmp.Equal(got, want) {
			return
		}
		select {
		case <-deadline:
			w.t.Fatalf("not within two minutes: %v, there is %v", want, got)
		case <-tick.C:
		}
	}
}

// events tells what was said, by type and data.
func (w *world) events(kind string) string {
	w.t.Helper()
	all, err := pg.All[string](w.t.Context(), w.db, `SELECT type || ' ' || data::text FROM event WHERE aggregate_kind = $1 ORDER BY id`, kind)
	w.must(err)
	return strings.Join(all, "\n")
}
