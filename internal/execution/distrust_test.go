package execution_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/execution/executionpg"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// A node is another trust domain: it speaks of what it was given, and of nothing else.
func TestANodeSpeaksForItsOwnAttempts(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), hello())
	other := ident.New()
	if other = w.rejoin(other, 1, 0).NodeID; other == e.NodeID {
		t.Fatal("it runs on the other node")
	}
	frames := make(chan execution.LiveFrame, 10)
	sub, err := w.Live().Watch(e.ID, func(f execution.LiveFrame) { frames <- f }, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	w.Started(t.Context(), other, ref(e), 0)
	w.Output(t.Context(), other, ref(e), node.Frame{Stream: node.Stdout, Bytes: []byte("forged")})
	for _, r := range []node.ExecutionResult{
		{Outcome: node.OutcomeError, ReasonCode: node.ReasonAgentStopped}, {Outcome: node.OutcomeError, ReasonCode: node.ReasonControlPlaneLost}, exited(0),
	} {
		if err := w.Ended(t.Context(), other, 1, ref(e), r); !errors.Is(err, node.ErrStale) {
			t.Errorf("%s %s: %v", r.Outcome, r.ReasonCode, err)
		}
	}
	w.Output(t.Context(), e.NodeID, ref(e), node.Frame{Stream: node.Stdout, Bytes: []byte("true")})
	if f := <-frames; string(f.Bytes) != "true" {
		t.Errorf("watchers got %+v", f)
	}
	if got := w.get(e.ID); got.Status != execution.Scheduled || got.Attempt != 1 {
		t.Errorf("it is %s, attempt %d", got.Status, got.Attempt)
	}
}

// Nothing that a node reports keeps an execution from ending, or breaks who reads it.
func TestAnEndThatMakesNoSense(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	for name, r := range map[string]node.ExecutionResult{
		"an unknown outcome": {Outcome: "exploded"}, "an outcome that ends nothing": {Outcome: "queued"},
	} {
		e := w.submit(ident.New(), hello())
		if err := w.end(e, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := w.get(e.ID); got.Status != execution.Error || got.ReasonCode != execution.ReasonSandbox || got.ReasonMessage == "" {
			t.Errorf("%s: it is %s because %s, %q", name, got.Status, got.ReasonCode, got.ReasonMessage)
		}
	}
	e := w.submit(ident.New(), hello())
	r := exited(0)
	r.Layout = []int32{1000, -7}
	if err := w.end(e, r); err != nil {
		t.Fatal(err)
	}
	d, err := w.Get(w.as(e.OwnerID), execution.Get{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{3, -3}, d.Output.Layout); diff != "" {
		t.Error(diff)
	}
	w.checkLoad()
}

// The answer to an input is its node's, and no more was taken than was given.
func TestInputIsAnsweredByItsNode(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	e := w.submit(user, asking())
	for name, taken := range map[string]int{"more than there is": 1 << 20, "less than nothing": -1} {
		w.answering(e, func(in node.Input) node.InputTaken {
			w.InputTaken(context.Background(), ident.New(), ref(e), node.InputTaken{ID: in.ID, State: node.InputClosed})
			return node.InputTaken{Taken: taken}
		})
		given, err := w.GiveInput(w.as(user), execution.GiveInput{ID: e.ID, Bytes: []byte("words")})
		if want := map[bool]int{true: 5, false: 0}[taken > 0]; err != nil || given.Bytes != want {
			t.Errorf("%s: %+v, %v", name, given, err)
		}
	}
}

// The result of an earlier attempt may still wait on the node that runs the next one.
func TestAnEarlierResultBesideTheNextAttempt(t *testing.T) {
	w := newWorld(t)
	s := w.join(1)
	first := ref(w.submit(ident.New(), hello()))
	w.rejoin(s.NodeID, 2, 1) // it has nothing: that attempt is lost
	w.PullOnce(t.Context())
	second := ref(w.get(first.ID))
	if second.Attempt != 2 {
		t.Fatalf("attempt %d", second.Attempt)
	}
	s.Epoch = 3
	kill, err := w.SessionOpened(t.Context(), s, []node.TaskRef{second}, []node.TaskRef{first})
	if err != nil || len(kill) > 0 {
		t.Errorf("kills %v, %v", kill, err)
	}
	if got := w.get(first.ID); got.Status != execution.Scheduled || got.Attempt != 2 {
		t.Errorf("it is %s, attempt %d", got.Status, got.Attempt)
	}
	w.checkLoad()
}

// slow is a store that something happens behind, between the look for lost attempts and what follows from it.
type slow struct {
	executionpg.Store
	meanwhile func()
}

func (s slow) Lost(ctx context.Context, q pg.Querier, grace time.Duration, limit int) ([]execution.Attempt, error) {
	found, err := s.Store.Lost(ctx, q, grace, limit)
	s.meanwhile()
	return found, err
}

// What is found lost is that attempt: the next one, begun meanwhile, goes on.
func TestOnlyTheLostAttemptIsGivenUp(t *testing.T) {
	w := newWorld(t)
	s := w.join(1)
	now := w.now
	w.now = now.Add(-time.Minute)
	e := w.submit(ident.New(), hello())
	w.now = now
	w.store = slow{meanwhile: sync.OnceFunc(func() {
		w.rejoin(s.NodeID, 2, 1)
		w.PullOnce(t.Context())
	})}
	w.replica().ReconcileOnce(t.Context())
	if got := w.get(e.ID); got.Status != execution.Scheduled || got.Attempt != 2 {
		t.Errorf("it is %s, attempt %d", got.Status, got.Attempt)
	}
	w.checkLoad()
}

// Who cancels what has not reached its node has cancelled it.
func TestCancelledBeforeItsNodeHadIt(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), hello())
	if _, err := w.Cancel(w.as(e.OwnerID), execution.Cancel{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if err := w.end(e, node.ExecutionResult{Outcome: node.OutcomeError, ReasonCode: node.ReasonTaskUnknown, ReasonMessage: "The node does not have it."}); err != nil {
		t.Fatal(err)
	}
	if got := w.get(e.ID); got.Status != execution.Cancelled || got.ReasonCode != execution.ReasonCancelled {
		t.Errorf("it is %s because %s", got.Status, got.ReasonCode)
	}
	w.checkLoad()
}
