package execution_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// A node may hear of the cancellation before it hears of the task. It says that it does
// not have it, and that is what was wanted, no error.
func TestACancellationThatOvertakesItsTask(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	unknown := node.ExecutionResult{Outcome: node.OutcomeError, ReasonCode: node.ReasonTaskUnknown, ReasonMessage: "The node does not have it."}
	user := ident.New()
	e := w.submit(user, hello())
	if _, err := w.Cancel(w.as(user), execution.Cancel{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if err := w.end(e, unknown); err != nil {
		t.Fatal(err)
	}
	if got := w.get(e.ID); got.Status != execution.Cancelled || got.ReasonCode != execution.ReasonCancelled {
		t.Errorf("it ended as %s, %s: %s", got.Status, got.ReasonCode, got.ReasonMessage)
	}
	w.checkLoad()
}

// Every end is told once to who counts them, wherever it was decided.
func TestEveryEndIsCountedOnce(t *testing.T) {
	w := newWorld(t)
	user := ident.New()
	expect := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, w.ended.take()); diff != "" {
			t.Errorf("%s (-want +told):\n%s", what, diff)
		}
	}
	joined := w.join(1)
	first := w.submit(user, hello())
	waits, stale := w.submit(user, hello()), w.submit(user, hello())
	expect("nothing has ended")
	if err := w.end(first, exited(3)); err != nil {
		t.Fatal(err)
	}
	if err := w.end(first, exited(3)); !errors.Is(err, node.ErrStale) {
		t.Errorf("the second result: %v", err)
	}
	expect("a result, and again", "failed exit_code")
	if _, err := w.Cancel(w.as(user), execution.Cancel{ID: waits.ID}); err != nil {
		t.Fatal(err)
	}
	expect("a cancelled one that waited", "cancelled cancelled")
	w.SessionClosed(t.Context(), joined, "")
	w.now = w.now.Add(2 * time.Hour)
	w.ReconcileOnce(t.Context())
	expect("one that waited too long", "error queue_timeout")
	if got := w.get(stale.ID); got.Status != execution.Error {
		t.Errorf("it is %s", got.Status)
	}

	standing, err := w.Standing(t.Context())
	if err != nil || standing.Queued != 0 || standing.Active != 0 || standing.Oldest != nil {
		t.Errorf("what is left: %+v, %v", standing, err)
	}
	w.submit(user, hello())
	standing, err = w.Standing(t.Context())
	if err != nil || standing.Queued != 1 || standing.ByPriority[execution.Normal] != 1 || standing.Oldest == nil {
		t.Errorf("one waits: %+v, %v", standing, err)
	}
}
