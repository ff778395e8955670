package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// classes sends each job to the driver of its class.
type classes struct {
	Driver // of every class that has none of its own
	own    map[sandbox.Class]Driver
	absent []sandbox.Enforced // classes that this host does not offer, and why
}

// Run runs a job in the class that it asks for.
func (c *classes) Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	if d, ok := c.own[job.Class]; ok {
		return d.Run(ctx, job, out)
	}
	for _, e := range c.absent {
		if e.What == string(job.Class) {
			return sandbox.Result{Outcome: sandbox.Error}, &sandbox.JobError{Field: "class", Problem: e.String()}
		}
	}
	return c.Driver.Run(ctx, job, out)
}

// Runtimes lists every runtime once, with all its classes, the fastest first.
func (c *classes) Runtimes(ctx context.Context) ([]sandbox.Runtime, error) {
	all, err := c.Driver.Runtimes(ctx)
	if err != nil {
		return nil, err
	}
	for class, d := range c.own {
		has, err := d.Runtimes(ctx)
		if err != nil {
			return nil, fmt.Errorf("class %s: %w", class, err)
		}
		with := map[string]bool{}
		for _, r := range has {
			with[r.ID()] = true
		}
		for i, r := range all {
			if with[r.ID()] {
				all[i].Classes = append(append([]sandbox.Class{}, r.Classes...), class)
			}
		}
	}
	return all, nil
}

// Enforcement tells what each class enforces here, and which is not offered.
func (c *classes) Enforcement() []sandbox.Enforced {
	list := c.Driver.Enforcement()
	for _, d := range c.own {
		list = append(list, d.Enforcement()...)
	}
	return append(list, c.absent...)
}

// withGVisor adds class gvisor, if this host can give it: then runsc is its helper program. closeIt is never nil.
func withGVisor(ctx context.Context, base *sandbox.Driver, dataDir string, log *slog.Logger) (d Driver, runsc string, closeIt func() error, err error) {
	program, err := gvisor.Find()
	if err == nil {
		driver, failed := gvisor.Open(ctx, gvisor.Config{Base: base, Runsc: program, Dir: filepath.Join(dataDir, "gvisor"), Log: log})
		if failed == nil {
			return &classes{Driver: base, own: map[sandbox.Class]Driver{sandbox.ClassGVisor: driver}}, program, driver.Close, nil
		}
		err = failed
	}
	if ctx.Err() != nil {
		return nil, "", nil, context.Cause(ctx)
	}
	why := err.Error()
	if host, ok := errors.AsType[*sandbox.HostError](err); ok {
		why = host.Missing[0]
	}
	absent := sandbox.Enforced{What: string(sandbox.ClassGVisor), How: "not offered: " + why}
	return &classes{Driver: base, absent: []sandbox.Enforced{absent}}, "", func() error { return nil }, nil
}
