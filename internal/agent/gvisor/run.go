package gvisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Run runs one job to its end, as sandbox.Driver.Run does.
func (d *Driver) Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	failed := sandbox.Result{Outcome: sandbox.Error}
	if job.Class != "" && job.Class != sandbox.ClassGVisor {
		return failed, &sandbox.JobError{Field: "class", Problem: fmt.Sprintf("%q is not gVisor", job.Class)}
	}
	rt, err := d.config.Base.Prepare(&job)
	if err != nil {
		return failed, err
	}
	select {
	case d.running <- struct{}{}:
		defer func() { <-d.running }()
	case <-ctx.Done():
		return sandbox.Result{Outcome: sandbox.Cancelled}, context.Cause(ctx)
	case <-d.closed:
		return failed, sandbox.ErrClosed
	}
	b, err := d.acquire(ctx, job.Network != nil)
	if err != nil {
		if ctx.Err() != nil {
			return sandbox.Result{Outcome: sandbox.Cancelled}, err
		}
		return failed, err
	}
	defer d.retire(b)
	defer d.prepareNext()
	r := &run{box: b, account: b.slot.account, closed: d.closed, cpus: d.config.CPUs, keeps: job.Artefacts != nil}
	r.result.Class = sandbox.ClassGVisor
	if err := r.job(ctx, rt, job, out); err != nil {
		return failed, err
	}
	return r.result, nil
}

// run is one job in its sandbox.
type run struct {
	box     *box
	account *sandbox.Account
	closed  <-chan struct{}
	cpus    float64
	base    int64                          // memory of the sandbox before it had work, bytes
	cause   atomic.Pointer[sandbox.Reason] // which limit we ended it by; the first one counts
	made    bool                           // the program is what the job's own compiler left
	keeps   bool                           // its files are wanted, which are in the memory of its kernel
	alive   bool                           // that kernel has told how the last process ended
	result  sandbox.Result

	writing sync.Mutex // an order with all that follows it

	mu     sync.Mutex
	giveUp *time.Timer // for a kernel that is slow to end the program
	over   bool        // the program has ended
}

// reasonCancelled is internal: the caller ended it.
const reasonCancelled sandbox.Reason = "cancelled"

// endPatience bounds how long a kernel may take to end a program whose files are wanted.
const endPatience = 10 * time.Second

func (r *run) kill(why sandbox.Reason) {
	if !r.cause.CompareAndSwap(nil, &why) {
		if why == reasonCancelled { // nobody waits for its files any more
			r.box.kill()
		}
		return
	}
	if !r.keeps || why == reasonCancelled {
		r.box.kill()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	r.giveUp = time.AfterFunc(endPatience, func() { r.box.kill() })
	go func() {
		r.writing.Lock()
		defer r.writing.Unlock()
		_, _ = r.box.orders.Write(orderFor(orderKill, ""))
	}()
}

// ended says that the program has ended: there is nothing to kill before its files are read.
func (r *run) ended() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.giveUp != nil {
		r.giveUp.Stop()
	}
}

func (r *run) job(ctx context.Context, rt *sandbox.Runtime, job sandbox.Job, out func(sandbox.Stream, []byte)) error {
	r.box.streams.Follow(job.Limits.OutputBytes, out, func() { r.kill(sandbox.ReasonOutput) })
	r.base = r.account.Start()
	for _, step := range sandbox.Steps(rt, job) {
		if step.Program {
			r.box.streams.Feed(job.Stdin)
		}
		r.made = step.Program && len(rt.Compile) > 0
		if err := r.process(ctx, job, step); err != nil {
			r.box.kill()
			r.box.streams.Finish(&r.result)
			return err
		}
		if !step.Program && r.result.Outcome != sandbox.Completed {
			if r.result.Reason == sandbox.ReasonNone {
				r.result.Reason = sandbox.ReasonCompile
			}
			r.result.Compiling = r.result.Reason != sandbox.ReasonCompile && r.result.Reason != sandbox.ReasonOutput
			r.box.streams.Finish(&r.result)
			return nil
		}
	}
	r.ended()
	r.box.streams.Finish(&r.result)
	return r.collect(ctx, job, rt.Own())
}

// process gives one order, follows it to its end, and adds to the result.
func (r *run) process(ctx context.Context, job sandbox.Job, step sandbox.Step) error {
	l := step.Limits
	if err := r.account.Limit(r.base+l.MemoryBytes+ownMemory, ownThreads+8*l.Processes); err != nil {
		if errors.Is(err, unix.EBUSY) { // the compiler left more behind than the program may use
			r.result.Outcome, r.result.Reason, r.alive = sandbox.Failed, sandbox.ReasonMemory, true
			return nil
		}
		return err
	}
	disconnect, err := r.connect(job, step)
	if err != nil {
		return err
	}
	defer disconnect()
	r.account.Start()
	begin := time.Now()
	poured, err := r.order(step)
	if err != nil {
		return err
	}
	e, known, err := r.watch(ctx, l)
	if failed := poured(); failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	r.alive = known
	used := r.account.CPU()
	r.result.Usage.Wall += time.Since(begin)
	r.result.Usage.CPU += used
	r.result.Usage.PeakMemoryBytes = max(r.result.Usage.PeakMemoryBytes, r.account.PeakMemory())
	return r.judge(e, known, l, used)
}

// order asks for a process. Files that are too large to be held follow while it begins; poured waits for the end of that.
func (r *run) order(step sandbox.Step) (poured func() error, err error) {
	r.writing.Lock()
	_, err = r.box.orders.Write(orderOf(step))
	if err != nil || step.Follows() == 0 {
		r.writing.Unlock()
		if err != nil && !errors.Is(err, unix.EPIPE) { // else it is dead, which is seen
			return nil, fmt.Errorf("give the sandbox its order: %w", err)
		}
		return func() error { return nil }, nil
	}
	failed := make(chan error, 1)
	go func() {
		defer r.writing.Unlock()
		err := step.Pour(r.box.orders)
		if err != nil { // inside, the rest is waited for
			r.box.kill()
		}
		failed <- err
	}()
	return func() error { return <-failed }, nil
}

// watch waits for the process's end and enforces the limits on time. known is false when
// the sandbox ended without a word.
func (r *run) watch(ctx context.Context, l sandbox.Limits) (e end, known bool, err error) {
	wall := time.NewTimer(l.Wall)
	defer wall.Stop()
	cpu := time.NewTimer(r.nextLook(l.CPU))
	defer cpu.Stop()
	done, closed := ctx.Done(), r.closed
	for {
		select {
		case e, known = <-r.box.ends:
			if !known {
				<-r.box.kill() // what is counted now is final
			}
			return e, known, nil
		case <-wall.C:
			r.kill(sandbox.ReasonWall)
		case <-cpu.C:
			if r.account.CPU() >= l.CPU {
				r.kill(sandbox.ReasonCPU)
			}
			cpu.Reset(r.nextLook(l.CPU))
		case <-done:
			r.kill(reasonCancelled)
			done = nil
		case <-closed:
			r.box.kill()
			return e, false, sandbox.ErrClosed
		}
	}
}

// nextLook is when the CPU limit can be reached at the earliest: the tree cannot use it faster than its quota allows.
func (r *run) nextLook(limit time.Duration) time.Duration {
	return max(time.Duration(float64(limit-r.account.CPU())/r.cpus), 5*time.Millisecond)
}

// judge turns how a process ended, and what its counters say, into the result.
func (r *run) judge(e end, known bool, l sandbox.Limits, used time.Duration) error {
	r.result.Outcome, r.result.Reason, r.result.ExitCode, r.result.Signal = sandbox.Failed, sandbox.ReasonNone, nil, ""
	status := syscall.WaitStatus(e.status) //nolint:gosec // a wait status
	switch {
	case !known:
		status = syscall.WaitStatus(syscall.SIGKILL)
	case e.kind == endFailed:
		return r.judgeSetup(e)
	}
	if status.Signaled() {
		r.result.Signal = unix.SignalName(status.Signal())
	} else {
		r.result.ExitCode = new(status.ExitStatus())
	}
	if cause := r.cause.Load(); cause != nil {
		r.result.Reason = *cause
		switch *cause {
		case sandbox.ReasonWall, sandbox.ReasonCPU:
			r.result.Outcome = sandbox.TimedOut
		case reasonCancelled:
			r.result.Outcome, r.result.Reason = sandbox.Cancelled, sandbox.ReasonNone
		}
		return nil
	}
	switch {
	case known && status.Exited() && status.ExitStatus() == 0:
		r.result.Outcome = sandbox.Completed
	case r.account.OutOfMemory():
		r.result.Reason = sandbox.ReasonMemory
	case !known && r.account.RefusedForks(): // its kernel was refused a thread, and fell
		r.result.Reason = sandbox.ReasonProcesses
	case !known:
		return fmt.Errorf("the sandbox ended without a word: %s", r.box.words)
	case status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL && used >= l.CPU:
		r.result.Outcome, r.result.Reason = sandbox.TimedOut, sandbox.ReasonCPU
	case status.Signal() == syscall.SIGXFSZ || e.marks&markFull != 0:
		r.result.Reason = sandbox.ReasonDisk
	case e.marks&markCrowded != 0:
		r.result.Reason = sandbox.ReasonProcesses
	}
	return nil
}

// judgeSetup tells what the user asked too much of from what is our fault.
func (r *run) judgeSetup(e end) error {
	errno := syscall.Errno(e.status) //nolint:gosec // an errno
	switch {
	case errno == unix.ENOSPC || errno == unix.EFBIG:
		r.result.Reason = sandbox.ReasonDisk
		return nil
	case r.made && e.step == sandbox.StepExec && errno != unix.E2BIG: // the compiler, led by the source, left no program
		r.result.ExitCode = new(sandbox.CannotStart)
		return nil
	case errno == unix.E2BIG:
		return &sandbox.JobError{Field: "args", Problem: "arguments and environment are together larger than the kernel takes"}
	}
	return fmt.Errorf("inside the sandbox, at step %d: %w", e.step, errno)
}
