package execution_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestSubmitGoesToAFreeNodeAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.join(2)
	e := w.submit(ident.New(), hello())
	if e.Status != execution.Scheduled || e.NodeID != s.NodeID || e.Attempt != 1 || e.Runtime != python {
		t.Fatalf("got %+v", e)
	}
	if !w.nodes.has(e.ID) {
		t.Fatal("the node was not told")
	}
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	d, err := w.Get(w.as(e.OwnerID), execution.Get{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	if d.Status != execution.Completed || string(d.Output.Stdout) != "out" || string(d.Output.Stderr) != "err" || *d.ExitCode != 0 {
		t.Errorf("got %+v, output %+v", d.Execution, d.Output)
	}
	if diff := cmp.Diff([]int32{3, -3}, d.Output.Layout); diff != "" {
		t.Error(diff)
	}
	w.checkLoad()
}

func TestSubmitWaitsWhenNothingIsFree(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	first, second := w.submit(user, hello()), w.submit(user, hello())
	if first.Status != execution.Scheduled || second.Status != execution.Queued {
		t.Fatalf("got %s and %s", first.Status, second.Status)
	}
	d, err := w.Get(w.as(user), execution.Get{ID: second.ID})
	if err != nil {
		t.Fatal(err)
	}
	if d.Position != 1 || d.Waiting != (execution.Reason{Code: execution.WaitsForSlot, Message: "All 1 slots of the nodes with python@3.11.2 are busy."}) {
		t.Errorf("position %d, because %q", d.Position, d.Waiting)
	}
	if err := w.end(first, exited(0)); err != nil {
		t.Fatal(err)
	}
	w.PullOnce(t.Context())
	if e := w.get(second.ID); e.Status != execution.Scheduled || !w.nodes.has(second.ID) {
		t.Errorf("it is %s", e.Status)
	}
	w.checkLoad()
}

// A user with much work does not keep a newcomer waiting behind all of it.
func TestQueueIsFairBetweenUsers(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	busy, newcomer := ident.New(), ident.New()
	running := w.submit(busy, hello())
	var queued []ident.ID
	for range 5 {
		queued = append(queued, w.submit(busy, hello()).ID)
	}
	late := w.submit(newcomer, hello())
	urgent := w.submit(busy, func() execution.Submit { in := hello(); in.Priority = execution.Critical; return in }())
	var order []ident.ID
	for range 4 {
		if err := w.end(running, exited(0)); err != nil {
			t.Fatal(err)
		}
		w.PullOnce(t.Context())
		active, err := pg.All[ident.ID](t.Context(), w.db, `SELECT id FROM execution WHERE status = 'scheduled'`)
		if err != nil || len(active) != 1 {
			t.Fatalf("%d run, %v", len(active), err)
		}
		running = w.get(active[0])
		order = append(order, running.ID)
	}
	want := []ident.ID{urgent.ID, queued[0], late.ID, queued[1]}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	w.checkLoad()
}

func TestLimitsAreNamedWhenTheyRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(limits)
		in     func(*execution.Submit)
		twice  bool
		code   string
		limits string
	}{
		"queue per user": {
			set: func(l limits) { l["execution.queue.per_user"], l["execution.concurrent"] = 0, 0 }, in: func(*execution.Submit) {},
			code: "execution.queue_full", limits: "execution.queue.per_user",
		},
		"queue total": {
			set: func(l limits) { l["execution.queue.total"], l["execution.concurrent"] = 0, 0 }, in: func(*execution.Submit) {},
			code: "execution.queue_full", limits: "execution.queue.total",
		},
		"source": {
			set: func(l limits) { l["execution.source.max_chars"] = 3 }, in: func(*execution.Submit) {},
			code: "execution.source_too_long", limits: "execution.source.max_chars",
		},
		"memory": {
			set: func(limits) {}, in: func(in *execution.Submit) { in.Limits.MemoryBytes = 1 << 40 },
			code: "execution.limit_too_high", limits: "execution.memory.max_bytes",
		},
		"network": {
			set: func(limits) {}, in: func(in *execution.Submit) { in.Network = true },
			code: "execution.egress_not_allowed", limits: "execution.egress.allowed",
		},
		"egress": {
			set: func(l limits) { l["execution.egress.allowed"] = 1 }, in: func(in *execution.Submit) { in.Egress = []string{"pypi.org:443", "pypi.org:80"} },
			code: "execution.egress_not_allowed", limits: "execution.egress.allowed",
		},
		"private egress": {
			set: func(l limits) { l["execution.egress.allowed"] = 1 }, in: func(in *execution.Submit) { in.Egress = []string{"10.1.0.0/16"} },
			code: "execution.egress_not_allowed", limits: "execution.egress.private",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.join(1)
			c.set(w.limits)
			in := hello()
			c.in(&in)
			_, err := w.Submit(w.as(ident.New()), in)
			f := fault.Of(err)
			if f.Code != c.code || f.Limit == nil || f.Limit.Name != c.limits {
				t.Errorf("got %v, limit %+v", err, f.Limit)
			}
			if n, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM execution`); n != 0 || err != nil {
				t.Errorf("%d executions, %v", n, err)
			}
		})
	}
}

// More than the user's concurrent share waits, although slots are free.
func TestConcurrencyQueuesInsteadOfRefusing(t *testing.T) {
	w := newWorld(t)
	w.limits["execution.concurrent"] = 2
	w.join(8)
	user := ident.New()
	var got []execution.Status
	for range 3 {
		got = append(got, w.submit(user, hello()).Status)
	}
	if want := []execution.Status{execution.Scheduled, execution.Scheduled, execution.Queued}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	w.PullOnce(t.Context())
	if n, _ := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM execution WHERE status = 'queued'`); n != 1 {
		t.Errorf("%d queued: the claim went over the limit", n)
	}
	w.checkLoad()
}

func TestUnknownRuntimeSaysWhatThereIs(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	in := hello()
	in.Runtime = "python@2"
	_, err := w.Submit(w.as(ident.New()), in)
	if f := fault.Of(err); f.Code != "execution.unknown_runtime" || f.Message != "No node has python@2. There is python@3.11.2." {
		t.Errorf("got %v", err)
	}
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	running, queued := w.submit(user, hello()), w.submit(user, hello())
	ctx, stop := context.WithCancel(t.Context())
	answering := make(chan error, 1)
	go func() { answering <- w.Answer(ctx) }()
	t.Cleanup(func() { stop(); <-answering })

	e, err := w.Cancel(w.as(user), execution.Cancel{ID: queued.ID})
	if err != nil || e.Status != execution.Cancelled {
		t.Fatalf("queued: %s, %v", e.Status, err)
	}
	e, err = w.Cancel(w.as(user), execution.Cancel{ID: running.ID})
	if err != nil || e.Status != execution.Scheduled || !e.CancelAsked {
		t.Fatalf("running: %+v, %v", e, err)
	}
	if err := w.end(running, node.ExecutionResult{Outcome: node.OutcomeCancelled, ReasonCode: execution.ReasonCancelled}); err != nil {
		t.Fatal(err)
	}
	if e := w.get(running.ID); e.Status != execution.Cancelled || e.ReasonCode != execution.ReasonCancelled {
		t.Errorf("got %s because %s", e.Status, e.ReasonCode)
	}
	_, err = w.Cancel(w.as(user), execution.Cancel{ID: running.ID})
	if !fault.Is(err, "execution.ended") {
		t.Errorf("cancelling twice: %v", err)
	}
	w.checkLoad()
}

func TestRetryRunsTheSameInputAgain(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	in := hello()
	in.Input.Env = map[string]string{"A": "b"}
	first := w.submit(user, in)
	if _, err := w.Retry(w.as(user), execution.Retry{ID: first.ID}); !fault.Is(err, "execution.not_ended") {
		t.Fatalf("retrying a running one: %v", err)
	}
	if err := w.end(first, exited(1)); err != nil {
		t.Fatal(err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: first.ID})
	if err != nil || again.RetryOf != first.ID || again.Status != execution.Scheduled {
		t.Fatalf("got %+v, %v", again, err)
	}
	if diff := cmp.Diff(in.Input.Env, w.nodes.sent[again.ID].in.Env); diff != "" {
		t.Error(diff)
	}
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	e := w.submit(user, hello())
	if _, err := w.Delete(w.as(user), execution.Delete{ID: e.ID}); !fault.Is(err, "execution.not_ended") {
		t.Fatalf("deleting a running one: %v", err)
	}
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Delete(w.as(user), execution.Delete{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Get(w.as(user), execution.Get{ID: e.ID}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if n, _ := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM execution_output`); n != 0 {
		t.Error("the output is still there")
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), hello())
	w.proj = ident.New() // whoever acts from here on is a member of another project only
	stranger := w.as(ident.New())
	for name, try := range map[string]func() error{
		"get":    func() error { _, err := w.Get(stranger, execution.Get{ID: e.ID}); return err },
		"watch":  func() error { _, err := w.Watch(stranger, execution.Get{ID: e.ID}); return err },
		"output": func() error { _, err := w.ReadOutput(stranger, execution.Get{ID: e.ID}); return err },
		"cancel": func() error { _, err := w.Cancel(stranger, execution.Cancel{ID: e.ID}); return err },
		"retry":  func() error { _, err := w.Retry(stranger, execution.Retry{ID: e.ID}); return err },
		"delete": func() error { _, err := w.Delete(stranger, execution.Delete{ID: e.ID}); return err },
	} {
		if err := try(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM audit WHERE outcome = 'refused'`)
	if err != nil || refused != 3 {
		t.Errorf("%d refused commands are audited (%v), want 3", refused, err)
	}
}

func TestStaleResultsAreThrownAway(t *testing.T) {
	w := newWorld(t)
	s := w.join(1)
	e := w.submit(ident.New(), hello())
	late := e
	w.rejoin(s.NodeID, 2, 1) // the agent restarted: it runs nothing
	if got := w.get(e.ID); got.Status != execution.Queued || got.ReasonCode != execution.ReasonNodeLost {
		t.Fatalf("got %s because %s", got.Status, got.ReasonCode)
	}
	w.PullOnce(t.Context())
	second := w.get(e.ID)
	if second.Attempt != 2 || second.Status != execution.Scheduled {
		t.Fatalf("got attempt %d, %s", second.Attempt, second.Status)
	}
	if err := w.end(late, exited(0)); !errors.Is(err, node.ErrStale) {
		t.Errorf("the first attempt's result: %v", err)
	}
	other := second
	other.NodeID = ident.New()
	if err := w.end(other, exited(0)); !errors.Is(err, node.ErrStale) {
		t.Errorf("another node's result: %v", err)
	}
	if err := w.end(second, exited(3)); err != nil {
		t.Fatal(err)
	}
	if err := w.end(second, exited(0)); !errors.Is(err, node.ErrStale) {
		t.Errorf("a second result: %v", err)
	}
	if got := w.get(e.ID); got.Status != execution.Failed || *got.ExitCode != 3 {
		t.Errorf("got %+v", got)
	}
	w.checkLoad()
}

func TestLostAttemptsEndInTheEnd(t *testing.T) {
	for name, network := range map[string]bool{"three attempts without network": false, "one attempt with network": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.limits["execution.egress.allowed"] = 1
			s := w.join(1)
			in := hello()
			in.Network = network
			e := w.submit(ident.New(), in)
			attempts := 0
			for epoch := int64(2); !w.get(e.ID).Status.Terminal(); epoch++ {
				attempts++
				w.rejoin(s.NodeID, epoch, 1)
				w.PullOnce(t.Context())
			}
			got := w.get(e.ID)
			if want := map[bool]int{false: 3, true: 1}[network]; attempts != want || got.Status != execution.Error || got.ReasonCode != execution.ReasonNodeLost {
				t.Errorf("%d attempts, then %s because %s", attempts, got.Status, got.ReasonCode)
			}
			w.checkLoad()
		})
	}
}

// What the agent still has is adopted; what nobody expects is killed.
func TestSessionOpenedComparesRowsWithTheAgent(t *testing.T) {
	w := newWorld(t)
	s := w.join(2)
	adopted := w.submit(ident.New(), hello())
	unknown := node.TaskRef{Kind: execution.Kind, ID: ident.New(), Attempt: 1}
	s.Epoch = 2
	kill, err := w.SessionOpened(t.Context(), s, []node.TaskRef{ref(adopted), unknown}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]node.TaskRef{unknown}, kill); diff != "" {
		t.Errorf("killed (-want +got):\n%s", diff)
	}
	if got := w.get(adopted.ID); got.Status != execution.Scheduled || got.Attempt != 1 {
		t.Errorf("got %s, attempt %d", got.Status, got.Attempt)
	}
}

func TestStoppedAgentsWorkIsDoneAgain(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), hello())
	if err := w.end(e, node.ExecutionResult{Outcome: node.OutcomeError, ReasonCode: node.ReasonAgentStopped}); err != nil {
		t.Fatal(err)
	}
	if got := w.get(e.ID); got.Status != execution.Queued {
		t.Errorf("got %s", got.Status)
	}
	w.checkLoad()
}

func TestStaleQueueIsCleaned(t *testing.T) {
	w := newWorld(t)
	w.rejoin(ident.New(), 1, 0)
	e := w.submit(ident.New(), hello())
	w.ReconcileOnce(t.Context())
	if got := w.get(e.ID); got.Status != execution.Queued {
		t.Fatalf("too early: %s", got.Status)
	}
	w.now = w.now.Add(time.Hour + time.Minute)
	w.ReconcileOnce(t.Context())
	if got := w.get(e.ID); got.Status != execution.Error || got.ReasonCode != execution.ReasonStale {
		t.Errorf("got %s because %s", got.Status, got.ReasonCode)
	}
	w.checkLoad()
}
