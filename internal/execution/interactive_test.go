package execution_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func asking() execution.Submit {
	in := hello()
	in.Interactive = true
	return in
}

// answering has a node answer every input by what each says.
func (w *world) answering(e execution.Execution, each func(node.Input) node.InputTaken) {
	w.t.Helper()
	inputs := make(chan given)
	w.nodes.mu.Lock()
	w.nodes.inputs = inputs
	w.nodes.mu.Unlock()
	go func() {
		for {
			select {
			case g := <-inputs:
				answer := each(g.in)
				answer.ID = g.in.ID
				w.InputTaken(context.Background(), e.NodeID, ref(e), answer)
			case <-w.t.Context().Done():
				return
			}
		}
	}()
}

func TestInputComesOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	e := w.submit(user, asking())
	if talk := w.nodes.sent[e.ID].in.Interactive; talk == nil || talk.IdleMS != 60_000 || talk.Terminal() != nil || talk.RecordBytes != 0 || !e.Interactive {
		t.Fatalf("the node got %+v", talk)
	}
	var got []byte
	ended, busy := false, 0
	w.answering(e, func(in node.Input) node.InputTaken {
		if busy++; busy%3 == 0 { // now and then it takes only a part
			n := len(in.Bytes) / 2
			got = append(got, in.Bytes[:n]...)
			return node.InputTaken{Taken: n, State: node.InputFull}
		}
		got = append(got, in.Bytes...)
		ended = ended || in.End
		return node.InputTaken{Taken: len(in.Bytes)}
	})
	long := strings.Repeat("0123456789", 20_000)
	for _, words := range []string{"one\n", long, "two\n"} {
		given, err := w.GiveInput(w.as(user), execution.GiveInput{ID: e.ID, Bytes: []byte(words), Close: words == "two\n"})
		if err != nil || given.Bytes != len(words) {
			t.Fatalf("%+v, %v", given, err)
		}
	}
	if string(got) != "one\n"+long+"two\n" || !ended {
		t.Errorf("it got %d bytes, and its end: %v", len(got), ended)
	}
}

func TestInputIsRefused(t *testing.T) {
	w := newWorld(t)
	w.join(3)
	user := ident.New()
	plain, e, gone := w.submit(user, hello()), w.submit(user, asking()), w.submit(user, asking())
	code := func(id ident.ID) string {
		_, err := w.GiveInput(w.as(user), execution.GiveInput{ID: id, Bytes: []byte("x")})
		return fault.Of(err).Code
	}
	w.answering(e, func(node.Input) node.InputTaken { return node.InputTaken{State: node.InputClosed} })
	if got := code(e.ID); got != "execution.input_closed" {
		t.Errorf("closed: %s", got)
	}
	if got := code(plain.ID); got != "execution.not_interactive" {
		t.Errorf("not interactive: %s", got)
	}
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	if got := code(e.ID); got != "execution.ended" {
		t.Errorf("ended: %s", got)
	}
	// The session ends while an answer is awaited: nobody can know.
	w.nodes.mu.Lock()
	w.nodes.inputs = make(chan given, 1)
	w.nodes.mu.Unlock()
	go func() {
		<-w.nodes.inputs
		w.SessionClosed(context.Background(), node.Session{NodeID: gone.NodeID, Epoch: gone.Epoch}, "test")
	}()
	if got := code(gone.ID); got != "execution.input_lost" {
		t.Errorf("lost: %s", got)
	}
	if _, err := w.Attach(w.as(user), execution.Attach{ID: plain.ID}); fault.Of(err).Code != "execution.not_interactive" {
		t.Errorf("attach: %v", err)
	}
	if _, err := w.Attach(w.as(user), execution.Attach{ID: gone.ID}); err != nil {
		t.Errorf("attach: %v", err)
	}
}

// Another replica holds the session: input goes over the bus, and comes back answered.
func TestInputCrossesTheBus(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user := ident.New()
	e := w.submit(user, asking())
	here := w.replica()
	var got node.Input
	w.answering(e, func(in node.Input) node.InputTaken { got = in; return node.InputTaken{Taken: len(in.Bytes)} })
	in := node.Input{Bytes: []byte("over there"), End: true, Size: &node.TerminalSize{Columns: 132, Rows: 43}}
	if n, err := here.WriterTo(e.ID).Write(t.Context(), in); err != nil || n != 10 {
		t.Fatalf("%d, %v", n, err)
	}
	if string(got.Bytes) != "over there" || !got.End || got.Size == nil || *got.Size != *in.Size {
		t.Errorf("it got %+v", got)
	}
	w.SessionClosed(t.Context(), node.Session{NodeID: e.NodeID, Epoch: e.Epoch}, "test")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := here.WriterTo(e.ID).Write(over, in); n != 0 || err == nil {
		t.Errorf("without a session: %d, %v", n, err)
	}
}

func TestTerminalsAndRecordings(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	user := ident.New()
	in := hello()
	in.Terminal, in.Record = &execution.Terminal{Columns: 80, Rows: 24}, true
	e := w.submit(user, in)
	if talk := w.nodes.sent[e.ID].in.Interactive; talk == nil || *talk.Terminal() != *in.Terminal || talk.RecordBytes != 1<<20 || e.WallMS != 300_000 {
		t.Fatalf("the node got %+v; %+v", talk, e)
	}
	if _, err := w.Recording(w.as(user), execution.Get{ID: e.ID}); fault.Of(err).Code != "execution.not_ended" {
		t.Errorf("before the end: %v", err)
	}
	result := exited(0)
	result.Recording = []byte("{}\n")
	if err := w.end(e, result); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Recording(w.as(user), execution.Get{ID: e.ID}); err != nil || string(got) != "{}\n" {
		t.Errorf("%q, %v", got, err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID})
	if err != nil || !again.Interactive {
		t.Fatalf("%+v, %v", again, err)
	}
	if talk := w.nodes.sent[again.ID].in.Interactive; talk == nil || *talk.Terminal() != *in.Terminal || talk.RecordBytes == 0 {
		t.Errorf("again, the node got %+v", talk)
	}
	if _, err := w.Delete(w.as(user), execution.Delete{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Recording(w.as(user), execution.Get{ID: e.ID}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("deleted: %v", err)
	}
	// What makes no sense, or is not allowed.
	for code, change := range map[string]func(*execution.Submit){
		"execution.invalid":               func(in *execution.Submit) { in.Terminal.Columns = 0 },
		"execution.recording_not_allowed": func(in *execution.Submit) { w.limits["execution.recording.max_bytes"] = 0 },
	} {
		in := hello()
		in.Terminal, in.Record = &execution.Terminal{Columns: 80, Rows: 24}, true
		change(&in)
		if _, err := w.Submit(w.as(user), in); fault.Of(err).Code != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	plain := hello()
	plain.Record = true
	if _, err := w.Submit(w.as(user), plain); fault.Of(err).Code != "execution.invalid" {
		t.Errorf("a recording of nothing: %v", err)
	}
}

// What was typed is nowhere else: an interactive run is not repeated by itself.
func TestInteractiveRunsOnce(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), asking())
	lost := node.ExecutionResult{Outcome: node.OutcomeError, ReasonCode: node.ReasonAgentStopped}
	if err := w.end(e, lost); err != nil && !errors.Is(err, node.ErrStale) {
		t.Fatal(err)
	}
	if got := w.get(e.ID); got.Status != execution.Error || !strings.Contains(got.ReasonMessage, "interactive") {
		t.Errorf("%+v", got)
	}
}

// Nobody said anything: the reason names the limit and its value.
func TestIdleNamesItsLimit(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	e := w.submit(ident.New(), asking())
	if err := w.end(e, node.ExecutionResult{Outcome: "timed_out", ReasonCode: "idle"}); err != nil {
		t.Fatal(err)
	}
	if got := w.get(e.ID); got.Status != execution.TimedOut || got.ReasonCode != execution.ReasonIdle ||
		!strings.Contains(got.ReasonMessage, "1 min of execution.interactive.idle_ms") {
		t.Errorf("%+v", got)
	}
}
