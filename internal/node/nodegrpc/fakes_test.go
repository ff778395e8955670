package nodegrpc

import (
	"context"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// driver is a sandbox in which the test says what programs do.
type driver struct{ runs chan *run }

type run struct {
	job  sandbox.Job
	out  func(sandbox.Stream, []byte)
	ctx  context.Context
	done chan sandbox.Result
}

func newDriver() *driver { return &driver{runs: make(chan *run, 100)} }

func (d *driver) Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	r := &run{job, out, ctx, make(chan sandbox.Result, 1)}
	d.runs <- r
	select {
	case result := <-r.done:
		return result, nil
	case <-ctx.Done():
		return sandbox.Result{Outcome: sandbox.Cancelled, Signal: "SIGKILL"}, nil
	}
}

func (d *driver) Runtimes(context.Context) ([]sandbox.Runtime, error) {
	return []sandbox.Runtime{{Name: "python", Version: "3.11.2", FileName: "main.py", Classes: []sandbox.Class{sandbox.ClassProcess}}}, nil
}

func (d *driver) Enforcement() []sandbox.Enforced {
	return []sandbox.Enforced{{What: "memory", How: "test", OK: true}}
}

// completed is the result of a program that wrote so much and exited with 0.
func completed(stdout, stderr int64) sandbox.Result {
	zero := 0
	return sandbox.Result{Outcome: sandbox.Completed, ExitCode: &zero, StdoutBytes: stdout, StderrBytes: stderr, Usage: sandbox.Usage{Wall: 1500 * time.Microsecond}}
}

// workload records what the server tells, and answers as the test wants.
type workload struct {
	images  chan []node.ImageStatus
	opened  chan opening
	closed  chan closing
	changed chan node.Session
	started chan node.TaskRef
	frames  chan frame
	ended   chan ending

	mu    sync.Mutex
	kill  func(running []node.TaskRef) []node.TaskRef
	store func(node.TaskRef) error
	files map[node.TaskRef]map[filecache.Sum][]byte // what attempts name
	slow  sync.Mutex                                // pieces wait for it
	reads chan int64                                // offsets that were asked for
}

type opening struct {
	session          node.Session
	running, unacked []node.TaskRef
}

type closing struct {
	session node.Session
	reason  string
}

type frame struct {
	ref node.TaskRef
	node.Frame
}

type ending struct {
	node   ident.ID
	epoch  int64
	ref    node.TaskRef
	result node.ExecutionResult
}

func newWorkload() *workload {
	return &workload{
		images: make(chan []node.ImageStatus, 100), opened: make(chan opening, 100), closed: make(chan closing, 100), changed: make(chan node.Session, 100),
		started: make(chan node.TaskRef, 10000), frames: make(chan frame, 10000), ended: make(chan ending, 10000), reads: make(chan int64, 10000),
	}
}

// answer says how results are stored from now on.
func (w *workload) answer(store func(node.TaskRef) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.store = store
}

func (w *workload) unwanted(kill func([]node.TaskRef) []node.TaskRef) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kill = kill
}

func (w *workload) SessionOpened(_ context.Context, s node.Session, running, unacked []node.TaskRef) ([]node.TaskRef, error) {
	w.opened <- opening{s, running, unacked}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kill == nil {
		return nil, nil
	}
	return w.kill(running), nil
}

func (w *workload) SessionClosed(_ context.Context, s node.Session, reason string) {
	w.closed <- closing{s, reason}
}
func (w *workload) NodeChanged(_ context.Context, s node.Session) { w.changed <- s }
func (w *workload) Started(_ context.Context, _ ident.ID, ref node.TaskRef, _ time.Duration) {
	w.started <- ref
}

func (w *workload) Output(_ context.Context, _ ident.ID, ref node.TaskRef, f node.Frame) {
	w.frames <- frame{ref, f}
}

func (w *workload) Ended(_ context.Context, from ident.ID, epoch int64, ref node.TaskRef, r node.ExecutionResult) error {
	w.mu.Lock()
	store := w.store
	w.mu.Unlock()
	w.ended <- ending{from, epoch, ref, r}
	if store == nil {
		return nil
	}
	return store(ref)
}
