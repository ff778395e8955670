package eventlog

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// log notes what a handler saw, by commit.
type sights struct {
	mu   sync.Mutex
	seen []string
	fail map[string]error // by event name
}

func (s *sights) handler(name func(Event) string) Handler {
	return func(_ context.Context, tx *pg.Tx, e Event) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := s.fail[name(e)]; err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.seen = append(s.seen, name(e))
		})
		return nil
	}
}

func (s *sights) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.seen, " ")
}

func (s *sights) set(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail[name] = err
}

// letters names aggregates a, b, …: the event "a2" is version 2 of a.
type letters struct{ ids map[string]ident.ID }

func newLetters() letters {
	return letters{map[string]ident.ID{"a": ident.New(), "b": ident.New()}}
}

func (l letters) event(name string) Event { return happened(l.ids[name[:1]], int64(name[1]-'0')) }

func (l letters) name(e Event) string {
	for letter, id := range l.ids {
		if id == e.AggregateID {
			return letter + string(rune('0'+e.Version))
		}
	}
	return "?"
}

func (l letters) commit(w *world, names ...string) {
	for _, name := range names {
		w.commit(l.event(name))
	}
}

func (w *world) deliveries(consumer string, l letters) string {
	all, err := DeadLetters(w.t.Context(), w.db, LetterFilter{Consumer: consumer}, 0, "", 100)
	w.must(err)
	var text []string
	for _, d := range all {
		event, err := pg.One[Event](w.t.Context(), w.db, readThese, []int64{d.Position}, []ident.ID{d.EventID})
		w.must(err)
		text = append(text, l.name(event)+":"+string(d.Status))
	}
	return strings.Join(text, " ")
}

func (w *world) settle(do func(context.Context, *pg.Tx, LetterFilter, *time.Time, int) ([]Settled, error), f LetterFilter) (settled []Settled, err error) {
	err = w.db.InTx(w.t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		settled, err = do(ctx, tx, f, nil, 100)
		return err
	})
	return settled, err
}

func (w *world) discard(c *Consumers, f LetterFilter) ([]Settled, error) {
	return w.settle(func(ctx context.Context, tx *pg.Tx, f LetterFilter, _ *time.Time, most int) ([]Settled, error) {
		return c.Discard(ctx, tx, f, most)
	}, f)
}

func (w *world) consumers(defs ...Consumer) *Consumers {
	consumers, err := NewConsumers(w.db, &ranks{}, w.hints, w.tail, quiet, defs...)
	w.must(err)
	consumers.Metric = NewMetrics(w.db, prometheus.NewRegistry())
	w.background(consumers.Run)
	return consumers
}

// An error's text may be anything: what is no text, and cut within a character, is set aside all the same.
func TestWhateverAHandlerSays(t *testing.T) {
	w, l := newWorld(t), newLetters()
	text := "«" + strings.Repeat("é", maxReason)
	s := &sights{fail: map[string]error{"a1": errors.New(text), "b1": errors.New("no text: \x00\xff")}}
	w.follow()
	w.consumers(Consumer{Name: "c", Handler: s.handler(l.name), Retry: Retry{Attempts: 2, First: time.Millisecond}})
	l.commit(w, "a1", "b1")
	w.eventually("both are given up", func() bool { return w.deliveries("c", l) == "a1:dead b1:dead" })
	dead, err := DeadLetters(t.Context(), w.db, LetterFilter{Consumer: "c"}, 0, "", 10)
	w.must(err)
	if dead[0].Reason != text[:len("«")+2*(maxReason-2)]+"…" || dead[1].Reason != "no text: \uFFFD\uFFFD" {
		t.Errorf("%+v", dead)
	}
}

func TestAFailingEventHoldsOnlyItsAggregateBack(t *testing.T) {
	w, l := newWorld(t), newLetters()
	s := &sights{fail: map[string]error{"a1": errors.New("a1 is poison")}}
	w.follow()
	consumers := w.consumers(Consumer{Name: "c", Handler: s.handler(l.name), Retry: Retry{Attempts: 2, First: time.Millisecond}})
	l.commit(w, "a1", "b1", "a2", "b2")
	w.eventually("a1 is given up, b goes on", func() bool {
		return w.deliveries("c", l) == "a1:dead a2:waiting" && s.all() == "b1 b2"
	})
	l.commit(w, "a3", "b3")
	w.eventually("a3 waits too", func() bool {
		return w.deliveries("c", l) == "a1:dead a2:waiting a3:waiting" && s.all() == "b1 b2 b3"
	})
	dead, err := DeadLetters(t.Context(), w.db, LetterFilter{Consumer: "c", Statuses: []Status{Dead}}, 0, "", 10)
	w.must(err)
	if len(dead) != 1 || dead[0].Attempts != 2 || dead[0].Reason != "a1 is poison" {
		t.Errorf("%+v", dead)
	}
	health, err := ReadHealth(t.Context(), w.db)
	w.must(err)
	if diff := cmp.Diff(ConsumerState{Name: "c", Position: 6, Dead: 1, Waiting: 2}, health.Consumers[0]); diff != "" {
		t.Error(diff)
	}

	s.set("a1", nil)
	settled, err := w.settle(consumers.Retry, LetterFilter{Consumer: "c", Types: []string{"test.happened.v1"}, Reason: "POISON"})
	w.must(err)
	if len(settled) != 1 || settled[0].Events != 1 || settled[0].Version != 1 {
		t.Errorf("%+v", settled)
	}
	w.eventually("all of a follows in order", func() bool { return s.all() == "b1 b2 b3 a1 a2 a3" && w.deliveries("c", l) == "a1:retried" })
}

func TestDiscardLetsTheNextOnesGo(t *testing.T) {
	w, l := newWorld(t), newLetters()
	s := &sights{fail: map[string]error{"a1": errors.New("poison")}}
	w.follow()
	consumers := w.consumers(Consumer{Name: "c", Handler: s.handler(l.name), Retry: Retry{Attempts: 1}})
	l.commit(w, "a1", "a2", "a3")
	w.eventually("a1 is dead", func() bool { return w.deliveries("c", l) == "a1:dead a2:waiting a3:waiting" })
	dead, err := DeadLetters(t.Context(), w.db, LetterFilter{Consumer: "c", Statuses: []Status{Dead}}, 0, "", 10)
	w.must(err)
	discard := func(event ident.ID) int {
		settled, err := w.discard(consumers, LetterFilter{Events: []ident.ID{event}})
		w.must(err)
		return len(settled)
	}
	if discard(ident.New()) != 0 || discard(dead[0].EventID) != 1 {
		t.Error("discards what it should not")
	}
	w.eventually("a2 and a3 follow", func() bool { return s.all() == "a2 a3" && w.deliveries("c", l) == "a1:discarded" })
	if discard(dead[0].EventID) != 0 {
		t.Error("discarded twice")
	}
	w.must(ForgetDeliveries(t.Context(), w.db, time.Now().Add(time.Hour)))
	if got := w.deliveries("c", l); got != "" {
		t.Error(got)
	}
}

// TestEffectsCommitWithThePlace: what a failing batch wrote is gone, and written once in the end.
func TestEffectsCommitWithThePlace(t *testing.T) {
	w, l := newWorld(t), newLetters()
	_, err := w.db.Exec(t.Context(), `CREATE TABLE effect (name text PRIMARY KEY)`)
	w.must(err)
	var once sync.Once
	w.follow()
	l.commit(w, "a1", "b1", "a2", "b2") // one batch, because they are all there before
	w.eventually("all are in the log", func() bool { return w.tail.Head() == 4 })
	w.consumers(Consumer{Name: "c", Retry: Retry{First: time.Millisecond}, Handler: func(ctx context.Context, tx *pg.Tx, e Event) error {
		if _, err := tx.Exec(ctx, `INSERT INTO effect VALUES ($1)`, l.name(e)); err != nil {
			return err
		}
		if l.name(e) == "b1" {
			once.Do(func() { panic("only once") })
		}
		return nil
	}})
	w.eventually("all effects are there", func() bool {
		n, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM effect`)
		w.must(err)
		return n == 4 && w.deliveries("c", l) == ""
	})
}

func TestAConsumerOfOtherTypesMovesItsPlaceSeldom(t *testing.T) {
	w := newWorld(t)
	w.commit(happened(ident.New(), 1))
	w.sequence()
	_, err := w.tail.advance(t.Context())
	w.must(err)
	consumers, err := NewConsumers(w.db, &ranks{}, w.hints, w.tail, quiet, Consumer{Name: "c"})
	w.must(err)
	c := &cursor{Consumers: consumers, consumer: Consumer{Name: "c", Types: []string{"other.v1"}}, name: "c", epoch: 1}
	w.must(c.claim(t.Context()))
	c.stored = time.Now().Add(time.Hour) // not yet due, however long this takes
	if _, err := c.step(t.Context()); err != nil || c.looked != 1 || c.position != 0 {
		t.Errorf("looked %d, stored %d, %v", c.looked, c.position, err)
	}
	c.stored = time.Now().Add(-storeEvery)
	if _, err := c.step(t.Context()); err != nil || c.position != 1 {
		t.Errorf("stored %d, %v", c.position, err)
	}
	later := &cursor{Consumers: consumers, consumer: c.consumer, name: "c", epoch: 2}
	w.must(later.claim(t.Context()))
	if later.position != 1 {
		t.Errorf("the next holder starts at %d", later.position)
	}
	if err := c.claim(t.Context()); !errors.Is(err, ErrStale) {
		t.Errorf("the old holder claims again: %v", err)
	}
}

func TestOnlyReplayableConsumersHandleAgain(t *testing.T) {
	w, l := newWorld(t), newLetters()
	s := &sights{fail: map[string]error{}}
	consumers, err := NewConsumers(w.db, &ranks{}, w.hints, w.tail, quiet,
		Consumer{Name: "c", Handler: s.handler(l.name), Replayable: true}, Consumer{Name: "never"},
		Consumer{Name: "other", Types: []string{"x.v1"}, Replayable: true})
	w.must(err)
	again := func(consumer, event string) error {
		return w.db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error { return consumers.Again(ctx, tx, consumer, l.event(event)) })
	}
	w.must(again("c", "a1"))
	w.must(again("other", "a1"))
	if got := s.all(); got != "a1" {
		t.Error(got)
	}
	for _, name := range []string{"never", "nobody"} {
		if err := again(name, "a1"); err == nil || IsFailure(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.set("a1", errors.New("poison"))
	if err := again("c", "a1"); !IsFailure(err) {
		t.Error(err)
	}
}

// TestASwallowedErrorIsAFailure: the database has given the transaction up, whatever the handler says.
func TestASwallowedErrorIsAFailure(t *testing.T) {
	w, l := newWorld(t), newLetters()
	w.follow()
	w.consumers(Consumer{Name: "c", Retry: Retry{Attempts: 1}, Handler: func(ctx context.Context, tx *pg.Tx, e Event) error {
		if l.name(e) == "a1" {
			_, _ = tx.Exec(ctx, `SELECT nonsense`)
		}
		return nil
	}})
	l.commit(w, "a1", "b1")
	w.eventually("a1 is given up, b1 is handled", func() bool {
		health, err := ReadHealth(t.Context(), w.db)
		w.must(err)
		return w.deliveries("c", l) == "a1:dead" && health.Consumers[0].Lag == 0
	})
}
