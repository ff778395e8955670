package nodegrpc

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestTaskFromAssignToAck(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	if s.Slots != 4 || s.Epoch != 1 || s.Runtimes[0].ID() != "python@3.11.2" {
		t.Errorf("session %+v", s)
	}
	ref, r := p.assign(t, m, s)
	if r.job.Runtime != "python" || string(r.job.Source) != "print(1)" {
		t.Errorf("job %+v", r.job)
	}
	if got := wait(t, p.work.started); got != ref {
		t.Errorf("started %v, want %v", got, ref)
	}
	var got []frame
	for _, w := range []struct {
		to   sandbox.Stream
		text string
	}{{sandbox.Stdout, "one"}, {sandbox.Stderr, "oops"}, {sandbox.Stdout, "two"}} {
		r.out(w.to, []byte(w.text))
		got = append(got, wait(t, p.work.frames)) // a result would say what was not sent yet
	}
	r.done <- completed(6, 1000)
	e := wait(t, p.work.ended)
	want := []frame{
		{ref, node.Frame{Seq: 0, Stream: node.Stdout, Offset: 0, Bytes: []byte("one")}},
		{ref, node.Frame{Seq: 1, Stream: node.Stderr, Offset: 0, Bytes: []byte("oops")}},
		{ref, node.Frame{Seq: 2, Stream: node.Stdout, Offset: 3, Bytes: []byte("two")}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	zero := 0
	wantEnd := ending{s.NodeID, 1, ref, node.ExecutionResult{
		Outcome: node.OutcomeCompleted, ExitCode: &zero, Usage: node.Usage{Wall: 1500 * time.Microsecond},
		Stdout: []byte("onetwo"), Stderr: []byte("oops"), StdoutBytes: 6, StderrBytes: 1000, Layout: []int32{3, -4, 3},
		Ago: e.result.Ago,
	}}
	if diff := cmp.Diff(wantEnd, e, cmp.AllowUnexported(ending{})); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if e.result.StdoutTruncated() || !e.result.StderrTruncated() {
		t.Error("truncation is told wrongly")
	}
	// Acked, so that nothing is left when the agent comes again.
	_, again := p.assign(t, m, s) // behind the ack, on the same stream
	again.done <- completed(0, 0)
	wait(t, p.work.ended)
	ref3, r3 := p.assign(t, m, s)
	p.link.cut(false)
	if o := wait(t, p.work.opened); len(o.running) != 1 || o.running[0] != ref3 || len(o.unacked) > 1 {
		t.Errorf("after a cut the agent says %+v", o)
	}
	r3.done <- completed(0, 0)
}

func TestTaskIsWorthOneRun(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	task := node.Task{Ref: node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}, Execution: &node.ExecutionSpec{}}
	assign := func() {
		if err := p.Assign(s.NodeID, s.Epoch, task); err != nil {
			t.Fatal(err)
		}
	}
	assign()
	r := wait(t, m.driver.runs)
	assign() // while it runs
	r.done <- completed(0, 0)
	wait(t, p.work.ended)
	assign() // after it ended
	task.Ref.Attempt = 2
	assign()
	r = wait(t, m.driver.runs)
	none(t, m.driver.runs)
	r.done <- completed(0, 0)
	if e := wait(t, p.work.ended); e.ref.Attempt != 2 {
		t.Errorf("attempt %d ended", e.ref.Attempt)
	}
	if err := p.Assign(s.NodeID, s.Epoch+1, task); !errors.Is(err, node.ErrNoSession) {
		t.Errorf("assigned in another epoch: %v", err)
	}
	if err := p.Assign(ident.New(), 1, task); !errors.Is(err, node.ErrNoSession) {
		t.Errorf("assigned to an unknown node: %v", err)
	}
}

func TestFullQueueNeverWaits(t *testing.T) {
	x := &session{queue: make(chan *toAgent, 1)}
	if err := x.offer(&toAgent{}); err != nil {
		t.Errorf("room, and yet: %v", err)
	}
	if err := x.offer(&toAgent{}); !errors.Is(err, node.ErrBusy) {
		t.Errorf("a full queue took a message: %v", err)
	}
}

func TestLateTaskIsRefused(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	p.turnClock(-time.Minute) // by the clock of the welcome, the task is a minute old when it arrives
	ref := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
	if err := p.Assign(s.NodeID, s.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{}}); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, p.work.ended); e.ref != ref || e.result.Outcome != node.OutcomeError || e.result.ReasonCode != node.ReasonTaskInvalid {
		t.Errorf("ended %+v", e)
	}
	none(t, m.driver.runs)
}

func TestUnackedResultComesAgain(t *testing.T) {
	p := start(t, node.Config{})
	p.work.answer(func(node.TaskRef) error { return errors.New("the database is away") })
	m, s := p.join(t)
	ref, r := p.assign(t, m, s)
	r.out(sandbox.Stdout, []byte("precious"))
	r.done <- completed(8, 0)
	if e := wait(t, p.work.ended); string(e.result.Stdout) != "precious" {
		t.Errorf("ended %+v", e)
	}
	wait(t, p.work.ended) // tried again within the session
	p.link.cut(false)
	wait(t, p.work.closed)
	p.work.answer(nil)
	o := wait(t, p.work.opened)
	if diff := cmp.Diff([]node.TaskRef{ref}, o.unacked); diff != "" || len(o.running) > 0 || o.session.Epoch != 2 {
		t.Errorf("second hello: %+v", o)
	}
	for {
		e := wait(t, p.work.ended)
		if e.epoch == 1 {
			continue // the last trial of the first session
		}
		if e.ref != ref || string(e.result.Stdout) != "precious" || e.result.Outcome != node.OutcomeCompleted {
			t.Errorf("ended %+v", e)
		}
		return
	}
}

func TestStaleResultIsForgotten(t *testing.T) {
	p := start(t, node.Config{})
	p.work.answer(func(node.TaskRef) error { return node.ErrStale })
	m, s := p.join(t)
	_, r := p.assign(t, m, s)
	r.done <- completed(0, 0)
	wait(t, p.work.ended)
	_, r = p.assign(t, m, s) // its stream order is behind the ack
	p.link.cut(false)
	if o := wait(t, p.work.opened); len(o.unacked) > 0 || len(o.running) != 1 {
		t.Errorf("second hello: %+v", o)
	}
	r.done <- completed(0, 0)
}

func TestOutputComesAgain(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	ref, r := p.assign(t, m, s)
	long := bytes.Repeat([]byte("0123456789abcdef"), 10_000) // 160,000 bytes: three frames
	r.out(sandbox.Stdout, long)
	r.out(sandbox.Stderr, []byte("!"))
	collect := func(n int) []frame {
		var all []frame
		for range n {
			all = append(all, wait(t, p.work.frames))
		}
		return all
	}
	first := collect(4)
	var whole []byte
	for i, f := range first {
		if f.Seq != int64(i) {
			t.Errorf("frame %d has seq %d", i, f.Seq)
		}
		if f.Stream == node.Stdout {
			if f.Offset != int64(len(whole)) {
				t.Errorf("frame %d has offset %d, want %d", i, f.Offset, len(whole))
			}
			whole = append(whole, f.Bytes...)
		}
	}
	if !bytes.Equal(whole, long) {
		t.Error("the output differs")
	}
	if err := p.ReplayOutput(s.NodeID, ref, 2); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first[2:], collect(2), cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("replay (-want +got):\n%s", diff)
	}
	p.link.cut(false)
	if o := wait(t, p.work.opened); len(o.running) != 1 || o.running[0] != ref {
		t.Errorf("second hello: %+v", o)
	}
	if diff := cmp.Diff(first, collect(4), cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("after a reconnect (-want +got):\n%s", diff)
	}
	r.done <- completed(int64(len(long)), 1)
	if e := wait(t, p.work.ended); e.epoch != 2 || !bytes.Equal(e.result.Stdout, long) {
		t.Errorf("ended in epoch %d with %d bytes", e.epoch, len(e.result.Stdout))
	}
	none(t, p.work.frames)
}

func TestCancel(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	ref, r := p.assign(t, m, s)
	if err := p.Cancel(s.NodeID, ref, "asked"); err != nil {
		t.Fatal(err)
	}
	<-r.ctx.Done()
	if e := wait(t, p.work.ended); e.ref != ref || e.result.Outcome != node.OutcomeCancelled || e.result.ReasonCode != "asked" {
		t.Errorf("ended %+v", e)
	}
	lost := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 3}
	if err := p.Cancel(s.NodeID, lost, "asked"); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, p.work.ended); e.ref != lost || e.result.ReasonCode != node.ReasonTaskUnknown {
		t.Errorf("cancelling what is not there: %+v", e)
	}
}

func TestWhatIsNotWantedIsKilled(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	unwanted, _ := p.assign(t, m, s)
	_, wanted := p.assign(t, m, s)
	p.work.unwanted(func([]node.TaskRef) []node.TaskRef { return []node.TaskRef{unwanted} })
	p.link.cut(false)
	wait(t, p.work.opened)
	if e := wait(t, p.work.ended); e.ref != unwanted || e.result.Outcome != node.OutcomeCancelled || e.result.ReasonCode != node.ReasonKilled {
		t.Errorf("ended %+v", e)
	}
	if wanted.ctx.Err() != nil {
		t.Error("the other one was ended too")
	}
	wanted.done <- completed(0, 0)
}
