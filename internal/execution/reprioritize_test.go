package execution_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// asOperator is the context of somebody who runs the installation, and works here too.
func (w *world) asOperator(user ident.ID) context.Context {
	ctx := w.as(user)
	command.RequestFrom(ctx).Actor.Platform = []permission.Role{tenancy.Operator}
	return ctx
}

func (w *world) reprioritize(ctx context.Context, id ident.ID, to execution.Priority) error {
	_, err := w.Reprioritize(ctx, execution.Reprioritize{ID: id, Priority: to})
	return err
}

// order is who gets the only slot, one after the other.
func (w *world) order(first execution.Execution) []ident.ID {
	w.t.Helper()
	var all []ident.ID
	for at := first; ; {
		if err := w.end(at, exited(0)); err != nil {
			w.t.Fatal(err)
		}
		w.PullOnce(w.t.Context())
		next, err := pg.All[ident.ID](w.t.Context(), w.db, `SELECT id FROM execution WHERE status = 'scheduled'`)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(next) == 0 {
			return all
		}
		at = w.get(next[0])
		all = append(all, at.ID)
	}
}

func TestAnotherPriorityMovesInTheQueue(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	running := w.submit(user, hello())
	a, b, c := w.submit(user, hello()), w.submit(user, hello()), w.submit(user, hello())
	if err := w.reprioritize(w.as(user), c.ID, execution.High); err != nil {
		t.Fatal(err)
	}
	if err := w.reprioritize(w.as(user), a.ID, execution.Low); err != nil {
		t.Fatal(err)
	}
	if err := w.reprioritize(w.as(user), a.ID, execution.Low); err != nil { // nothing to do
		t.Fatal(err)
	}
	if e := w.get(a.ID); e.Priority != execution.Low || e.Version != 2 {
		t.Errorf("%s, version %d", e.Priority, e.Version)
	}
	d, err := w.Get(w.as(user), execution.Get{ID: c.ID})
	if err != nil || d.Position != 1 {
		t.Errorf("position %d, %v", d.Position, err)
	}
	facts, err := pg.All[string](t.Context(), w.db, `SELECT data::text FROM event WHERE type = 'execution.reprioritized.v1' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"to": 1, "from": 5}`, `{"to": 8, "from": 5}`}, facts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ident.ID{c.ID, b.ID, a.ID}, w.order(running)); diff != "" {
		t.Error(diff)
	}
	w.checkLoad()
}

// Whoever moves much of theirs up does not keep those waiting who are there already.
func TestMovedUpIsStillFair(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	eager, other := ident.New(), ident.New()
	running := w.submit(eager, hello())
	high := hello()
	high.Priority = execution.High
	var mine, theirs []ident.ID
	for range 3 {
		mine = append(mine, w.submit(eager, hello()).ID)
		theirs = append(theirs, w.submit(other, high).ID)
	}
	for _, id := range mine {
		if err := w.reprioritize(w.as(eager), id, execution.High); err != nil {
			t.Fatal(err)
		}
	}
	got := w.order(running)
	for i := range theirs {
		if at := slices.Index(got, theirs[i]); at > 2*i+1 {
			t.Errorf("number %d of the other is number %d of all", i, at)
		}
	}
	w.checkLoad()
}

func TestPriorityIsLimited(t *testing.T) {
	w := newWorld(t)
	w.limits["execution.priority.max"] = int64(execution.Low)
	w.join(1)
	user := ident.New()
	asks := hello()
	if _, err := w.Submit(w.as(user), asks); !fault.Is(err, "execution.priority_too_high") || fault.Of(err).Limit.Name != "execution.priority.max" {
		t.Errorf("submit above: %v", err)
	}
	asks.PriorityUnasked = true
	running, e := w.submit(user, asks), w.submit(user, asks)
	if e.Priority != execution.Low || e.Status != execution.Queued {
		t.Fatalf("%s, %s", e.Priority, e.Status)
	}
	if err := w.reprioritize(w.as(user), e.ID, execution.Normal); !fault.Is(err, "execution.priority_too_high") {
		t.Errorf("raised above: %v", err)
	}
	if err := w.reprioritize(w.asOperator(ident.New()), e.ID, execution.Critical); err != nil {
		t.Errorf("an operator: %v", err)
	}
	if err := w.reprioritize(w.as(user), e.ID, execution.High); err != nil { // still above, but less than it was
		t.Errorf("lowered: %v", err)
	}
	if err := w.reprioritize(w.as(user), running.ID, execution.Background); !fault.Is(err, "execution.not_queued") {
		t.Errorf("one that runs: %v", err)
	}
	if err := w.reprioritize(w.as(user), e.ID, 3); !fault.Is(err, "execution.invalid") {
		t.Errorf("no priority: %v", err)
	}
	if _, err := w.Cancel(w.as(user), execution.Cancel{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID}); err != nil || again.Priority != execution.Low {
		t.Errorf("what an operator raised, once more: %+v, %v", again.Priority, err)
	}
	w.checkLoad()
}
