package agent

import (
	"sync"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	// pace is the shortest time between two sendings of one task's output: a program
	// that prints now and then is heard at once, one that prints all the time in batches.
	pace = 2 * time.Millisecond
	// hush is how long a task says nothing after it began: one that ends within it says
	// everything at once, with its result. Most do.
	hush = 10 * time.Millisecond
	// framesAtOnce bounds what one task sends before the others have their turn.
	framesAtOnce = 16
)

// table holds every task. Whoever changes it rings, and the session's sender looks.
type table struct {
	mu    sync.Mutex
	tasks map[string]*task
	// Refs that were acked, until their tasks have expired by themselves (control
	// plane's clock, ms): a signed task is worth one run.
	done     map[string]int64
	taken    []*agentv1.InputTaken // what became of input, to be told
	stopping bool
	bell     chan struct{}
}

func newTable() *table {
	return &table{tasks: map[string]*task{}, done: map[string]int64{}, bell: make(chan struct{}, 1)}
}

func (t *table) ring() {
	select {
	case t.bell <- struct{}{}:
	default: // it is ringing
	}
}

// add takes a task in, unless this attempt was seen before or the agent is stopping.
func (t *table) add(x *task, expires int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := key(x.ref)
	if _, seen := t.done[k]; seen || t.tasks[k] != nil {
		return false
	}
	t.done[k] = expires
	t.tasks[k] = x
	if t.stopping {
		x.stop(endStopped)
	}
	t.ring()
	return true
}

// forget drops the refs of tasks that can no longer come again.
func (t *table) forget(clock int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, expires := range t.done {
		if expires < clock && t.tasks[k] == nil {
			delete(t.done, k)
		}
	}
}

func (t *table) write(x *task, s sandbox.Stream, b []byte) {
	t.mu.Lock()
	x.out.write(s, b)
	t.mu.Unlock()
	if time.Since(x.began) >= hush { // until then the sender comes by itself
		t.ring()
	}
}

func (t *table) end(x *task, result *agentv1.Result, now time.Time) {
	t.mu.Lock()
	result.Ref = x.ref
	result.Layout = x.out.layout()
	result.Stdout, result.Stderr = x.out.stdout, x.out.stderr
	x.result, x.ended = result, now
	t.mu.Unlock()
	t.ring()
}

func (t *table) ack(ref *agentv1.TaskRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.tasks[key(ref)]; x != nil && x.result != nil {
		delete(t.tasks, key(ref))
		t.ring()
	}
}

// cancel ends a run. A task that is not here gets a result that says so, so that
// nobody waits for it.
func (t *table) cancel(ref *agentv1.TaskRef, why *ending, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.tasks[key(ref)]
	switch {
	case x == nil:
		result := failure(&ending{outcomeError, reasonTaskUnknown, "The node does not have it."})
		result.Ref = ref
		t.tasks[key(ref)] = &task{ref: ref, startSent: true, result: result, ended: now}
		t.ring()
	case x.result == nil:
		x.stop(why)
	}
}

// cancelAll ends every run.
func (t *table) cancelAll(why *ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, x := range t.tasks {
		if x.result == nil {
			x.stop(why)
		}
	}
}

// stop ends every run and lets none begin.
func (t *table) stop() {
	t.mu.Lock()
	t.stopping = true
	t.mu.Unlock()
	t.cancelAll(endStopped)
	t.ring()
}

// replay sends frames again, from one on; what has ended says everything in its result.
func (t *table) replay(ref *agentv1.TaskRef, from int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.tasks[key(ref)]; x != nil && !x.resultSent {
		x.cursor = int(min(max(from, 0), int64(x.cursor)))
		t.ring()
	}
}

// afresh begins a session: it lists what runs and what ended unacked.
func (t *table) afresh() (running, unacked []*agentv1.TaskRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = nil // who asked has given up with the session
	for _, x := range t.tasks {
		x.afresh()
		if x.result == nil {
			running = append(running, x.ref)
		} else {
			unacked = append(unacked, x.ref)
		}
	}
	return running, unacked
}

func (t *table) counts() (running, unacked int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, x := range t.tasks {
		if x.result == nil {
			running++
		} else {
			unacked++
		}
	}
	return running, unacked
}

// collect takes what there is to send. With nothing to send, it tells when to look
// again at the latest (zero: when the bell rings), and whether the agent is done:
// stopping, with every result acked.
func (t *table) collect(now time.Time) (out []*agentv1.FromAgent, again time.Duration, done bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out = t.answers()
	for _, x := range t.tasks {
		if x.result != nil { // it says everything; what was not sent before needs no frames
			if !x.resultSent {
				x.resultSent = true
				x.result.AgoMs = now.Sub(x.ended).Milliseconds()
				out = append(out, &agentv1.FromAgent{Message: &agentv1.FromAgent_Result{Result: x.result}})
			}
			continue
		}
		if young := hush - now.Sub(x.began); young > 0 {
			again = shorter(again, young)
			continue
		}
		if !x.startSent {
			x.startSent = true
			out = append(out, started(x, now))
		}
		report, wait := x.egressReport(now)
		if report != nil {
			out = append(out, &agentv1.FromAgent{Message: &agentv1.FromAgent_Egress{Egress: report}})
		} else if wait > 0 {
			again = shorter(again, wait)
		}
		if wait := pace - now.Sub(x.flushed); wait > 0 {
			if x.cursor < len(x.out.frames) || len(x.out.tail) > 0 {
				again = shorter(again, wait)
			}
			continue
		}
		x.out.cut()
		upTo := min(len(x.out.frames), x.cursor+framesAtOnce)
		for ; x.cursor < upTo; x.cursor++ {
			out = append(out, &agentv1.FromAgent{Message: &agentv1.FromAgent_Output{Output: x.out.frame(x.ref, x.cursor)}})
			x.flushed = now
		}
	}
	return out, again, t.stopping && len(t.tasks) == 0
}

func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b < a {
		return b
	}
	return a
}

func started(x *task, now time.Time) *agentv1.FromAgent {
	return &agentv1.FromAgent{Message: &agentv1.FromAgent_Started{
		Started: &agentv1.Started{Ref: x.ref, AgoMs: now.Sub(x.began).Milliseconds()},
	}}
}

// maxMessageText bounds what is told for people, in characters.
const maxMessageText = 2000

func failure(e *ending) *agentv1.Result {
	return &agentv1.Result{Outcome: e.outcome, ReasonCode: plain.Line(e.code, maxMessageText), ReasonMessage: plain.Text(e.message, maxMessageText)}
}
