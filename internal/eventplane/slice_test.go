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
	"github.com/stoa-cloud/stoa/internal/platform/fault"
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

	mu      sync.Mutex
	failing bool
	handled []ident.ID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	w := &world{t: t, db: pgtest.Clone(t), failing: true, receiver: &receiver{}, elsewhere: &elsewhere{}, settings: thresholds{"events.dead_letters.warning": 2, "events.dead_letters.critical": 4}}
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
	for _, name := range []string{"replay.begin", "replay.end", "sink.halt"} {
		table[name] = []permission.Role{permission.System}
	}
	runner := &command.Runner{Strict: true, DB: w.db, Clock: clock.System, NewID: ident.New, Log: quiet, Table: table, Wake: w.hints.Committed}
	w.Slice = New(Needs{Runner: runner, Letters: consumers, Settings: w.settings, Limits: fixed(2), Managers: []permission.Role{operator, admin}, Guard: w.elsewhere, Bus: w.receiver, Keys: keys(t), Caller: w.receiver, Tail: tail, Dial: w.elsewhere.dial, Log: quiet})
	w.ann = as(t, command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}})
	w.eve = as(t, command.Actor{Kind: command.User, ID: ident.New()})
	return w
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
	for range 10_000 {
		w.mu.Lock()
		handled := len(w.handled)
		w.mu.Unlock()
		if handled >= events {
			return
		}
		w.counts(map[eventlog.Status]int64{}) // takes a moment
	}
	w.t.Fatal("the consumer does not catch up")
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

func TestDeadLettersAreRetriedInBulk(t *testing.T) {
	w := newWorld(t)
	a, b, c := ident.New(), ident.New(), ident.New()
	w.sold("house", a, b, a)
	w.sold("boat", c)
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 3, eventlog.Waiting: 1})
	letters, err := w.Letters(w.ann, ListLetters{LetterFilter: eventlog.LetterFilter{Subject: "house", Reason: "POST office"}, Limit: 10})
	w.must(err)
	if len(letters) != 2 || letters[0].AggregateID != a || letters[0].Attempts != 1 || letters[0].Type != "house.sold.v1" {
		t.Errorf("%+v", letters)
	}
	w.works()
	got, err := w.Retry(w.ann, Retry{Choice: Choice{LetterFilter: eventlog.LetterFilter{Consumer: "mail", Subject: "house"}}})
	w.must(err)
	if diff := cmp.Diff(Outcome{Consumers: []Decided{{"mail", 2}}, Events: 2}, got); diff != "" {
		t.Error(diff)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1, eventlog.Retried: 2}) // what only waited leaves no trace
	if len(w.handled) != 3 {
		t.Errorf("handled %v", w.handled)
	}
	if got := w.events(consumerKind); got != `dead_letter.retried.v1 {"events": 2, "consumer": "mail"}` {
		t.Error(got)
	}
	audited, err := pg.All[string](t.Context(), w.db, `SELECT action || ' ' || outcome FROM audit`)
	w.must(err)
	if !cmp.Equal(audited, []string{"dead_letter.retry done"}) {
		t.Error(audited)
	}
}

func TestDiscardGoesOnWithout(t *testing.T) {
	w := newWorld(t)
	a, b := ident.New(), ident.New()
	w.sold("house", a, b, a)
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 2, eventlog.Waiting: 1})
	w.works()
	got, err := w.Discard(w.ann, Discard{Choice{All: true, Most: 1}})
	w.must(err)
	if got.Events != 1 || !got.More {
		t.Errorf("%+v", got)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1, eventlog.Discarded: 1}) // the second of a had its turn
	got, err = w.Discard(w.ann, Discard{Choice{LetterFilter: eventlog.LetterFilter{Before: time.Now().Add(time.Hour)}}})
	w.must(err)
	if got.Events != 1 || got.More {
		t.Errorf("%+v", got)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Discarded: 2})
}

func TestChoosingNothingIsNoChoice(t *testing.T) {
	w := newWorld(t)
	for _, c := range []Choice{{}, {All: true, LetterFilter: eventlog.LetterFilter{Consumer: "mail"}}} {
		if _, err := w.Discard(w.ann, Discard{c}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestOnlyOperators(t *testing.T) {
	w := newWorld(t)
	all := Choice{All: true}
	for name, try := range map[string]func(ctx context.Context) error{
		"retry":      func(ctx context.Context) error { _, err := w.Retry(ctx, Retry{Choice: all}); return err },
		"discard":    func(ctx context.Context) error { _, err := w.Discard(ctx, Discard{all}); return err },
		"letters":    func(ctx context.Context) error { _, err := w.Letters(ctx, ListLetters{Limit: 1}); return err },
		"statistics": func(ctx context.Context) error { _, err := w.Statistics(ctx, struct{}{}); return err },
		"policies":   func(ctx context.Context) error { _, err := w.Policies(ctx, struct{}{}); return err },
		"set":        func(ctx context.Context) error { _, err := w.SetPolicy(ctx, policy("mail")); return err },
		"clear":      func(ctx context.Context) error { _, err := w.ClearPolicy(ctx, ClearPolicy{}); return err },
	} {
		if err := try(w.eve); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
		if err := try(w.ann); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLevelIsSaidOnceForEachChange(t *testing.T) {
	w := newWorld(t)
	look := func() {
		t.Helper()
		_, err := w.noteLevel(command.AsSystem(t.Context(), "test"), noteLevel{})
		w.must(err)
	}
	look()
	w.sold("house", ident.New(), ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 2})
	look()
	look()
	w.sold("house", ident.New(), ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 4})
	look()
	st, err := w.Statistics(w.ann, struct{}{})
	w.must(err)
	health, err := eventlog.ReadHealth(t.Context(), w.db)
	w.must(err)
	if st.Level != eventlog.LevelCritical || st.Open != 4 || !cmp.Equal(st.Consumers, []string{"audit", "mail"}) || health.DeadLetters != eventlog.LevelCritical {
		t.Errorf("%+v, %s", st, health.DeadLetters)
	}
	_, err = w.Discard(w.ann, Discard{Choice{All: true}})
	w.must(err)
	look()
	want := `dead_letter.level_changed.v1 {"was": "ok", "open": 2, "level": "warning"}
dead_letter.level_changed.v1 {"was": "warning", "open": 4, "level": "critical"}
dead_letter.level_changed.v1 {"was": "critical", "open": 0, "level": "ok"}`
	if diff := cmp.Diff(want, w.events(levelKind)); diff != "" {
		t.Error(diff)
	}
}

func policy(consumer string) SetPolicy {
	return SetPolicy{eventlog.Policy{Consumer: consumer, Strategy: eventlog.Immediate, Attempts: 3, Factor: 1}}
}

func TestAPolicyAppliesFromThenOn(t *testing.T) {
	w := newWorld(t)
	made, err := w.SetPolicy(w.ann, policy("mail"))
	w.must(err)
	again, err := w.SetPolicy(w.ann, policy("mail"))
	w.must(err)
	if again.ID != made.ID || again.Version != 2 {
		t.Errorf("set again: %+v", again)
	}
	w.sold("house", ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1})
	letters, err := w.Letters(w.ann, ListLetters{Limit: 10})
	w.must(err)
	if letters[0].Attempts != 3 {
		t.Errorf("%d attempts", letters[0].Attempts)
	}
	_, err = w.ClearPolicy(w.ann, ClearPolicy{Consumer: "mail"})
	w.must(err)
	if _, err = w.ClearPolicy(w.ann, ClearPolicy{Consumer: "mail"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err = w.SetPolicy(w.ann, policy("nobody")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err = w.SetPolicy(w.ann, SetPolicy{eventlog.Policy{Strategy: "perhaps", Attempts: 1, Factor: 1}}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	all, err := w.Policies(w.ann, struct{}{})
	w.must(err)
	if len(all) != 2 || all[0].Strategy != eventlog.Exponential || all[1].Subject != "execution" {
		t.Errorf("%+v", all)
	}
	want := `retry_policy.set.v1 {"factor": 1, "attempts": 3, "consumer": "mail", "first_ms": 0, "strategy": "immediate", "at_minute": 0, "longest_ms": 0}`
	if got := w.events(policyKind); got != want+"\n"+want+"\n"+`retry_policy.cleared.v1 {"consumer": "mail"}` {
		t.Error(got)
	}
}

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }
