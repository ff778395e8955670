package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

// assign takes a signed task in and starts it, unless this attempt was seen before.
func (s *session) assign(signed *agentv1.SignedTask) {
	a := s.agent
	t, err := openTask(s.verifier, signed, addressee{node: s.welcome.GetNodeId(), epoch: s.welcome.GetEpoch(), clock: s.clock()})
	if errors.Is(err, errUntrusted) {
		a.log.Error("task thrown away", "error", err)
		return
	}
	x := &task{ref: t.GetRef(), began: time.Now(), stop: func(error) {}}
	var job sandbox.Job
	if err == nil {
		job, err = jobOf(t)
	}
	files := &artefacts{}
	if err == nil {
		err = files.ask(t.GetExecution().GetArtefacts(), &job)
	}
	if err == nil {
		err = a.connect(t, x, &job)
	}
	if err == nil {
		err = converse(t, x, &job)
	}
	switch {
	case err != nil:
		a.refuse(t, x, &ending{outcomeError, reasonTaskInvalid, err.Error()})
		return
	case a.hold.over():
		a.refuse(t, x, endLost)
		return
	}
	ctx, stop := context.WithCancelCause(context.Background()) // a run outlives its session
	x.stop = stop
	if !a.table.add(x, t.GetExpiresMs()) {
		stop(nil)
		return
	}
	a.runs.Go(func() {
		defer stop(nil)
		a.run(ctx, x, inImage(t), job, files)
	})
}

// refuse answers a task that must not run, unless this attempt was seen before.
func (a *Agent) refuse(t *agentv1.Task, x *task, why *ending) {
	a.log.Warn("task refused", "task", key(x.ref), "reason", why.code, "detail", why.message)
	if a.table.add(x, t.GetExpiresMs()) {
		a.table.end(x, failure(why), time.Now())
	}
}

// run runs the job in the sandbox, to its end.
func (a *Agent) run(ctx context.Context, x *task, in *image.Program, job sandbox.Job, files *artefacts) {
	if a.cfg.Driver == nil {
		a.table.end(x, failure(&ending{outcomeError, reasonTaskRefused, "This host cannot isolate programs, so it runs none."}), time.Now())
		return
	}
	done, err := a.bring(ctx, x.ref, job.Files)
	if err != nil {
		a.table.end(x, endedEarly(err), time.Now())
		return
	}
	defer done()
	crash.Point("agent.claimed")
	x.talk.begin(func() { x.stop(endIdle) })
	ended, err := a.runIn(ctx, in, job, func(stream sandbox.Stream, b []byte) {
		crash.Point("agent.running")
		x.talk.said(stream, b)
		a.table.write(x, stream, b)
	})
	result := resultOf(ended, err, context.Cause(ctx))
	result.Recording = x.talk.over()
	result.Egress = reportOf(nil, x.link)
	files.report(result, ended)
	if err != nil && result.GetReasonCode() == reasonSandbox {
		a.log.Error("sandbox failed", "task", key(x.ref), "error", err)
	}
	a.observe(result)
	crash.Point("agent.ended")
	a.table.end(x, result, time.Now())
}

// endedEarly tells how a run ended that did not begin.
func endedEarly(why error) *agentv1.Result {
	e, ok := errors.AsType[*ending](why)
	if !ok {
		return resultOf(sandbox.Result{Outcome: sandbox.Error}, why, nil)
	}
	return failure(e)
}

// compilerMet says that a limit was not the run's, for people.
func compilerMet(l sandbox.Limits) string {
	return fmt.Sprintf("It was the compiler that met this limit. Compilers have limits of their own: %d s of time and of CPU, %d MiB of memory (or the run's, if that is more), %d MiB of disk, %d processes.",
		int(l.Wall.Seconds()), l.MemoryBytes>>20, l.DiskBytes>>20, l.Processes)
}

// resultOf tells how a run ended. cause is why its context ended, if it did.
func resultOf(done sandbox.Result, err, cause error) *agentv1.Result {
	r := &agentv1.Result{
		Outcome: string(done.Outcome), Signal: done.Signal, ReasonCode: string(done.Reason), Class: string(done.Class),
		Usage: &agentv1.Usage{
			WallUs: done.Usage.Wall.Microseconds(), CpuUs: done.Usage.CPU.Microseconds(), PeakMemoryBytes: done.Usage.PeakMemoryBytes,
		},
		StdoutBytes: done.StdoutBytes, StderrBytes: done.StderrBytes,
	}
	if done.ExitCode != nil {
		code := int32(*done.ExitCode) //nolint:gosec // an exit code
		r.ExitCode = &code
	}
	if done.Compiling && done.Reason != sandbox.ReasonNone {
		r.ReasonMessage = compilerMet(sandbox.CompilerLimits())
	}
	var why *ending
	var refused *sandbox.JobError
	switch {
	case done.Outcome == sandbox.Cancelled && errors.As(cause, &why):
		r.Outcome, r.ReasonCode, r.ReasonMessage = why.outcome, why.code, why.message
	case errors.As(err, &refused):
		r.Outcome, r.ReasonCode, r.ReasonMessage = outcomeError, reasonTaskRefused, plain.Text(refused.Error(), maxMessageText)
	case err != nil:
		r.Outcome, r.ReasonCode, r.ReasonMessage = outcomeError, reasonSandbox, "The sandbox of the node failed. The agent's log says why."
	}
	return r
}
