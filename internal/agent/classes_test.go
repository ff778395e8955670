package agent

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// classDriver has one runtime, and answers with its own class.
type classDriver sandbox.Class

func (d classDriver) Run(context.Context, sandbox.Job, func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	return sandbox.Result{Class: sandbox.Class(d)}, nil
}

func (d classDriver) Runtimes(context.Context) ([]sandbox.Runtime, error) {
	return []sandbox.Runtime{{Name: "python", Version: "3", Classes: []sandbox.Class{sandbox.Class(d)}}}, nil
}

func (d classDriver) Enforcement() []sandbox.Enforced {
	return []sandbox.Enforced{{What: string(d), How: "somehow", OK: true}}
}

func TestClassesGoToTheirDrivers(t *testing.T) {
	c := &classes{Driver: classDriver("process"), own: map[sandbox.Class]Driver{sandbox.ClassGVisor: classDriver("gvisor")}}
	for asked, want := range map[sandbox.Class]sandbox.Class{"": "process", "fresh": "process", "gvisor": "gvisor"} {
		r, err := c.Run(t.Context(), sandbox.Job{Class: asked}, nil)
		if err != nil || r.Class != want {
			t.Errorf("class %q ran as %q, %v; want %q", asked, r.Class, err, want)
		}
	}
	runtimes, err := c.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]sandbox.Class{"process", "gvisor"}, runtimes[0].Classes); diff != "" || len(runtimes) != 1 {
		t.Errorf("%d runtimes, classes (-want +got):\n%s", len(runtimes), diff)
	}
	if n := len(c.Enforcement()); n != 2 {
		t.Errorf("%d lines of enforcement, want those of both drivers", n)
	}
}

func TestAnAbsentClassSaysWhy(t *testing.T) {
	c := &classes{Driver: classDriver("process"), absent: []sandbox.Enforced{{What: "gvisor", How: "not offered: no helper"}}}
	_, err := c.Run(t.Context(), sandbox.Job{Class: "gvisor"}, nil)
	if refused, ok := errors.AsType[*sandbox.JobError](err); !ok || refused.Problem != "gvisor: not offered: no helper" {
		t.Errorf("got %v, want a refusal that says why", err)
	}
	runtimes, err := c.Runtimes(t.Context())
	if err != nil || len(runtimes[0].Classes) != 1 {
		t.Errorf("%v, %v: an absent class is offered", runtimes, err)
	}
}
