package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Run runs one job to its end and returns how it ended. It waits while all slots are taken. Ending ctx kills the job
// (Cancelled). out is called with each piece of output as it comes, never twice at once, and not after Run has returned;
// it must not keep p, and while it blocks, so does the job's output. Nil drops it.
//
// The error is a *JobError when the job cannot be run as asked, ErrClosed, ctx's error when it ended while waiting, or our
// own fault; a program that fails is no error.
func (d *Driver) Run(ctx context.Context, job Job, out func(Stream, []byte)) (Result, error) {
	rt, err := d.prepare(&job)
	if err != nil {
		return Result{Outcome: Error}, err
	}
	select {
	case d.running <- struct{}{}:
		d.background.enter(rt)
		defer func() { d.background.leave(); <-d.running }()
	case <-ctx.Done():
		return Result{Outcome: Cancelled}, context.Cause(ctx)
	case <-d.closed:
		return Result{Outcome: Error}, ErrClosed
	}
	result, err := d.run(ctx, rt, job, out)
	if errors.Is(err, errGone) { // a helper or warmed interpreter that died before it could start anything
		return d.run(ctx, rt, job, out)
	}
	return result, err
}

func (d *Driver) run(ctx context.Context, rt *Runtime, job Job, out func(Stream, []byte)) (Result, error) {
	w, err := d.ward(ctx)
	if err != nil {
		return Result{Outcome: Error}, err
	}
	disk := job.Limits.DiskBytes
	if len(rt.Compile) > 0 {
		disk = max(disk, compileLimits.DiskBytes)
	}
	r := &run{ward: w, begun: time.Now(), child: !job.light}
	if r.child {
		w.turns.enter()
	}
	z := size{disk, job.Limits.InodeCount}
	ahead := rt.ahead != nil && !slices.ContainsFunc(job.Files, isStreamed) // those take letters, which hold all
	if (job.Class == ClassProcess && rt.warm != nil || ahead) && !needsFresh(job.Env) && job.Terminal == nil {
		r.ready, r.zygote = w.warmer.get(rt, rt.lean != nil && rt.suitsLean(job.Source), w.boundsOf(z, job.Limits))
	}
	switch {
	case r.ready != nil:
		d.starts.ready.Add(1)
		r.zygote, r.cell = r.ready.zygote, r.ready.cell
		defer r.ready.release()
	default:
		if r.zygote != nil {
			d.starts.forked.Add(1)
			defer r.zygote.release()
		} else {
			d.starts.fresh.Add(1)
		}
		if r.cell, err = w.pool.acquire(ctx, z); err != nil {
			if r.child {
				w.turns.leave()
			}
			w.users.Done()
			if ctx.Err() != nil {
				return Result{Outcome: Cancelled}, err
			}
			return Result{Outcome: Error}, err
		}
	}
	r.sink = newSink(job.Limits.OutputBytes, out, func() { r.kill(ReasonOutput) })
	if job.light {
		r.cell.slot.account.weigh(0)
		r.wanted = d.background.wanted
	}
	defer r.renew()
	// The answer does not wait for the cell to be torn down; Close does.
	defer func() {
		go func() {
			defer w.users.Done()
			w.pool.retire(r.cell)
		}()
	}()

	files := append([]File{{Path: rt.FileName, Content: job.Source}}, job.Files...)
	env := environment(rt, job.Env)
	if len(rt.Compile) > 0 {
		if files, err = r.compile(ctx, d.compiled, rt, &job, env, files); err != nil {
			return Result{Outcome: Error}, err
		}
		if r.result.Outcome != Completed {
			return r.finish(), nil
		}
		r.made = true
	}
	argv := append(append([]string{}, rt.Command...), job.Args...)
	if r.zygote != nil || r.ready != nil {
		argv = append([]string{rt.FileName}, job.Args...)
	}
	if err := r.process(ctx, payload{argv, env, files}, job.Limits, &job); err != nil {
		return Result{Outcome: Error}, err
	}
	if err := r.collect(&job, rt.Own()); err != nil {
		return Result{Outcome: Error}, err
	}
	return r.finish(), nil
}

// run is one job in its cell: one process, or a compiler and then the program.
type run struct {
	ward   *ward
	cell   *cell
	zygote *zygote // nil: class fresh
	ready  *guest  // forked ahead; nil when there was none
	sink   *sink
	cause  atomic.Pointer[Reason] // which limit we ended it by; the first one counts
	made   bool                   // the program is what the job's own compiler left
	result Result

	begun  time.Time
	child  bool            // long runs stand back for it
	old    bool            // it has used its youth
	wanted <-chan struct{} // of a run in the background: closed when somebody waits for it; nil: of any other
}

const reasonCancelled Reason = "cancelled" // internal: the caller ended it

func (r *run) kill(why Reason) {
	if r.cause.CompareAndSwap(nil, &why) {
		r.cell.kill()
	}
}

func (r *run) finish() Result {
	r.sink.mu.Lock()
	defer r.sink.mu.Unlock()
	r.result.StdoutBytes, r.result.StderrBytes = r.sink.total[Stdout], r.sink.total[Stderr]
	r.result.Truncated = r.sink.truncated
	r.result.Class = ClassFresh
	if r.zygote != nil {
		r.result.Class = ClassProcess
	}
	return r.result
}

// process starts one process in the cell, follows it to its end, and adds to the result. job is nil for the compiler,
// which gets no input.
func (r *run) process(ctx context.Context, p payload, limits Limits, job *Job) (err error) {
	account := r.cell.slot.account
	if err := account.limit(limits.MemoryBytes, limits.Processes); err != nil {
		if errors.Is(err, unix.EBUSY) { // the compiler left more in the working folder than the program may use
			r.result.Outcome, r.result.Reason = Failed, ReasonMemory
			return nil
		}
		return err
	}
	given, poured, err := p.give()
	if err != nil {
		return err
	}
	defer unix.Close(given)
	defer func() {
		if failed := poured(); failed != nil {
			err = errors.Join(failed, err)
		}
	}()
	disconnect, err := r.connect(job)
	if err != nil {
		return err
	}
	defer disconnect()
	// A guest that waits at its gate starts with begin; any other starts as soon as it is made, maybe before we run again.
	g, begin := r.ready, time.Now()
	account.startCounting()
	if g == nil {
		zygote := r.zygote
		if job == nil { // the compiler
			zygote = nil
		}
		var terminal *Terminal
		if job != nil {
			terminal = job.Terminal
		}
		account.startMemoryPeak()
		bounds := r.ward.boundsOf(r.cell.size, limits)
		if r.made && job != nil {
			bounds.room = roomFor(p.files, limits)
		}
		if g, err = r.ward.ask(r.cell, zygote, bounds, given, -1, terminal); err != nil {
			return err
		}
		defer g.close()
	}
	if err := g.begin(given, p); err != nil {
		return err
	}
	streams := g.streams
	streams.follow(r.sink)
	if job != nil {
		streams.feed(job.Stdin)
	} else {
		streams.feed(nil)
	}
	last, err := r.watch(ctx, limits, g.ended)
	if err != nil {
		return err
	}
	r.result.Usage.Wall += time.Since(begin)
	if job != nil { // the program's end is the run's end
		r.cell.kill()
	}
	if g.status != nil && (account.cpu < 0 || account.peak < 0) {
		last = last.withUsage(g.ended) // no cgroup counts: only the exit tells
	}
	streams.finish(r.sink)
	return r.judge(last, limits)
}

// watch waits for the process's end and enforces the limits on time.
func (r *run) watch(ctx context.Context, limits Limits, ended <-chan reply) (reply, error) {
	wall := time.NewTimer(limits.Wall)
	defer wall.Stop()
	// The tree cannot use CPU faster than its quota allows, so that is when to look next.
	cpu := time.NewTimer(r.nextLook(limits.CPU))
	defer cpu.Stop()
	young := time.NewTimer(youth)
	defer young.Stop()
	if r.old || r.wanted != nil {
		young.Stop()
	}
	done, wanted := ctx.Done(), r.wanted
	var zygote <-chan struct{}
	if r.zygote != nil {
		zygote = r.zygote.ended
	}
	var giveUp <-chan time.Time
	for {
		select {
		case last := <-ended:
			return last, nil
		case <-r.ward.nursery.ended:
			return reply{}, r.ward.nursery.cause
		case <-zygote:
			return reply{}, errZygote
		case <-young.C:
			if again := r.age(); again > 0 {
				young.Reset(again)
			}
		case <-wanted:
			r.cell.slot.account.weigh(1)
			wanted = nil
		case <-wall.C:
			r.kill(ReasonWall)
			giveUp = time.After(killPatience)
		case <-cpu.C:
			if r.cell.slot.account.cpuUsed() >= limits.CPU {
				r.kill(ReasonCPU)
				giveUp = time.After(killPatience)
				continue
			}
			cpu.Reset(r.nextLook(limits.CPU))
		case <-done:
			r.kill(reasonCancelled)
			done, giveUp = nil, time.After(killPatience)
		case <-giveUp:
			return reply{}, fmt.Errorf("a killed sandbox did not end within %v", killPatience)
		}
	}
}

const killPatience = 15 * time.Second

func (r *run) nextLook(limit time.Duration) time.Duration {
	left := limit - r.cell.slot.account.cpuUsed()
	return max(time.Duration(float64(left)/r.ward.cpus), 5*time.Millisecond)
}

// judge turns how a process ended, and what its counters say, into the result.
func (r *run) judge(last reply, limits Limits) error {
	a := r.cell.slot.account
	used := a.cpuUsed()
	if a.cpu < 0 {
		used = time.Duration(last.userMicros+last.systemMicros) * time.Microsecond
	}
	peak := a.peakMemory()
	if peak == 0 {
		peak = int64(last.maxRSSKiB) << 10
	}
	r.result.Usage.CPU += used
	r.result.Usage.PeakMemoryBytes = max(r.result.Usage.PeakMemoryBytes, peak)
	r.result.Outcome, r.result.Reason, r.result.ExitCode, r.result.Signal = Failed, ReasonNone, nil, ""

	if last.kind == repFailed {
		return r.judgeSetup(last)
	}
	code, signal := last.exit()
	if signal != 0 {
		r.result.Signal = unix.SignalName(signal)
	} else {
		r.result.ExitCode = &code
	}
	if cause := r.cause.Load(); cause != nil {
		r.judgeCause(*cause)
		return nil
	}
	switch {
	case signal == 0 && code == 0:
		r.result.Outcome = Completed
	case a.oomKills() > 0:
		r.result.Reason = ReasonMemory
	case signal == syscall.SIGXCPU || signal == syscall.SIGKILL && used >= limits.CPU:
		r.result.Outcome, r.result.Reason = TimedOut, ReasonCPU
	case signal == syscall.SIGXFSZ || r.cell.full():
		r.result.Reason = ReasonDisk
	case a.refusedForks() > 0:
		r.result.Reason = ReasonProcesses
	}
	return nil
}

// judgeCause is for a run that we ended.
func (r *run) judgeCause(cause Reason) {
	r.result.Reason = cause
	switch cause {
	case ReasonWall, ReasonCPU:
		r.result.Outcome = TimedOut
	case reasonCancelled:
		r.result.Outcome, r.result.Reason = Cancelled, ReasonNone
	}
	if r.result.ExitCode == nil {
		r.result.Signal = "SIGKILL"
	}
}

// CannotStart is a shell's exit code for what is there but is no program.
const CannotStart = 126

// roomFor is what a compiled program may write. The program itself, where it was kept from an earlier run, comes on top.
func roomFor(files []File, limits Limits) size {
	room := size{limits.DiskBytes, limits.InodeCount}
	for _, f := range files {
		if f.Executable {
			room.bytes += int64(len(f.Content)) + 4096
		}
	}
	return room
}

// judgeSetup tells what the user asked too much of from what is our fault.
func (r *run) judgeSetup(last reply) error {
	errno := syscall.Errno(last.status)
	switch {
	case last.step == stepFiles && (errno == unix.ENOSPC || errno == unix.EFBIG):
		r.result.Reason = ReasonDisk
		return nil
	case errno == unix.ENOMEM && r.cell.slot.account.oomKills() > 0:
		r.result.Reason = ReasonMemory
		return nil
	case r.made && last.step == stepTmpfs: // the compiler left somebody who fills the folder still
		r.result.Reason = ReasonDisk
		return nil
	case r.made && last.step == stepExec && errno == unix.EAGAIN: // the compiler left too many processes
		r.result.Reason = ReasonProcesses
		return nil
	case r.made && last.step == stepExec && errno != unix.E2BIG: // the compiler, led by the source, left no program
		r.result.ExitCode = new(CannotStart)
		return nil
	case last.step == stepExec && errno == unix.E2BIG:
		return &JobError{"args", "arguments and environment are together larger than the kernel takes"}
	}
	if cause := r.cause.Load(); cause != nil { // its cell was killed before it had begun
		r.judgeCause(*cause)
		return nil
	}
	return last.failure()
}
