package eventlog

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// stuck has a consumer give up a1 and b1, with a2, b2 and a3 behind them.
func (w *world) stuck(l letters, s *sights, handler Handler) *Consumers {
	w.t.Helper()
	s.fail = map[string]error{"a1": errors.New("poison"), "b1": errors.New("poison")}
	w.follow()
	consumers := w.consumers(Consumer{Name: "c", Handler: handler, Retry: Retry{Attempts: 1}})
	l.commit(w, "a1", "b1", "a2", "b2", "a3")
	w.eventually("both are given up", func() bool { return w.deliveries("c", l) == "a1:dead b1:dead a2:waiting b2:waiting a3:waiting" })
	return consumers
}

// What is retried in bulk is handled in bulk: one transaction, in the order of the log, with what waited behind.
func TestWhatIsDueIsHandledTogether(t *testing.T) {
	w, l, s := newWorld(t), newLetters(), &sights{}
	handler := s.handler(l.name)
	var mu sync.Mutex
	within := map[*pg.Tx]int{}
	consumers := w.stuck(l, s, func(ctx context.Context, tx *pg.Tx, e Event) error {
		err := handler(ctx, tx, e)
		tx.AfterCommit(func() {
			mu.Lock()
			defer mu.Unlock()
			within[tx]++
		})
		return err
	})
	s.set("a1", nil)
	s.set("b1", nil)
	_, err := w.settle(consumers.Retry, LetterFilter{Consumer: "c"})
	w.must(err)
	transactions := func() (n, events int) {
		mu.Lock()
		defer mu.Unlock()
		for _, handled := range within {
			events += handled
		}
		return len(within), events
	}
	w.eventually("all are handled", func() bool { // the handler says so a moment after the rows do
		_, events := transactions()
		return events == 5 && w.deliveries("c", l) == "a1:retried b1:retried"
	})
	if got := s.all(); got != "a1 b1 a2 b2 a3" {
		t.Errorf("in the order %s", got)
	}
	if n, _ := transactions(); n != 1 {
		t.Errorf("in %d transactions", n)
	}
}

// One that fails again takes nothing with it, and keeps only its own aggregate waiting.
func TestOneThatFailsAgainStaysAlone(t *testing.T) {
	w, l, s := newWorld(t), newLetters(), &sights{}
	consumers := w.stuck(l, s, s.handler(l.name))
	s.set("a1", nil)
	_, err := w.settle(consumers.Retry, LetterFilter{Consumer: "c"})
	w.must(err)
	w.eventually("a is handled, b1 is given up again", func() bool {
		return w.deliveries("c", l) == "a1:retried b1:dead b2:waiting" && s.all() == "a1 a2 a3"
	})
	dead, err := DeadLetters(t.Context(), w.db, LetterFilter{Consumer: "c", Statuses: []Status{Dead}}, 0, "", 10)
	w.must(err)
	if len(dead) != 1 || dead[0].Attempts != 1 || dead[0].Reason != "poison" {
		t.Errorf("%+v", dead)
	}
}
