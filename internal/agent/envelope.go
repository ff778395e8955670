package agent

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// maxDuration bounds every duration in a task: more is a mistake.
const maxDuration = 31 * 24 * time.Hour

// addressee is who may run a task, and when.
type addressee struct {
	node  string
	epoch int64
	clock int64 // now, by the control plane's clock, in ms since 1970
}

// errUntrusted says that nothing in a task can be believed, its ref included.
var errUntrusted = errors.New("the task is not the control plane's")

// openTask checks a signed task. With errUntrusted there is no task; with any other
// error the task is the control plane's, but must not run.
func openTask(v *pki.Verifier, signed *agentv1.SignedTask, to addressee) (*agentv1.Task, error) {
	if err := v.Verify(signed.GetTask(), signed.GetSignature()); err != nil {
		return nil, errors.Join(errUntrusted, err)
	}
	t := &agentv1.Task{}
	if err := proto.Unmarshal(signed.GetTask(), t); err != nil {
		return nil, errors.Join(errUntrusted, err)
	}
	switch ref := t.GetRef(); {
	case ref.GetKind() == "" || ref.GetId() == "":
		return nil, fmt.Errorf("%w: it names nothing", errUntrusted)
	case t.GetNodeId() != to.node:
		return t, errors.New("the task is for another node")
	case t.GetEpoch() != to.epoch:
		return t, errors.New("the task is of another session")
	case t.GetExpiresMs() < to.clock:
		return t, fmt.Errorf("the task expired %s ago, before it reached the node", time.Duration(to.clock-t.GetExpiresMs())*time.Millisecond)
	case t.GetExecution() == nil && t.GetEgress() == nil:
		return t, fmt.Errorf("this agent cannot run tasks of kind %q", ref.GetKind())
	}
	return t, nil
}

// jobOf is the sandbox's job of a task.
func jobOf(t *agentv1.Task) (sandbox.Job, error) {
	e := t.GetExecution()
	if e == nil {
		return sandbox.Job{}, errors.New("it names no program")
	}
	limits, err := limitsOf(e.GetLimits())
	if err != nil {
		return sandbox.Job{}, err
	}
	job := sandbox.Job{
		ID: t.GetRef().GetId(), Runtime: e.GetRuntime(), Class: sandbox.Class(e.GetClass()), Source: e.GetSource(),
		Args: e.GetArgs(), Env: e.GetEnv(), Limits: limits, CacheScope: e.GetCacheScope(),
	}
	if len(e.GetStdin()) > 0 {
		job.Stdin = bytes.NewReader(e.GetStdin())
	}
	for _, f := range e.GetFiles() {
		job.Files = append(job.Files, sandbox.File{Path: f.GetPath(), Content: f.GetContent(), Executable: f.GetExecutable()})
	}
	named, err := namedOf(e.GetNamedFiles())
	job.Files = append(job.Files, named...)
	return job, err
}

func limitsOf(l *agentv1.Limits) (sandbox.Limits, error) {
	for _, ms := range []int64{l.GetWallMs(), l.GetCpuMs()} {
		if ms < 0 || ms > maxDuration.Milliseconds() {
			return sandbox.Limits{}, fmt.Errorf("a time limit of %d ms makes no sense", ms)
		}
	}
	if l.GetMemoryBytes() < 0 || l.GetOutputBytes() < 0 || l.GetDiskBytes() < 0 || l.GetInodes() < 0 || l.GetProcesses() < 0 {
		return sandbox.Limits{}, errors.New("a limit is negative")
	}
	return sandbox.Limits{
		Wall: time.Duration(l.GetWallMs()) * time.Millisecond, CPU: time.Duration(l.GetCpuMs()) * time.Millisecond,
		MemoryBytes: l.GetMemoryBytes(), OutputBytes: l.GetOutputBytes(), DiskBytes: l.GetDiskBytes(),
		InodeCount: l.GetInodes(), Processes: int(l.GetProcesses()),
	}, nil
}
