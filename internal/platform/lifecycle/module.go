// Package lifecycle starts the modules of a program in the order of their needs
// and stops them in the reverse order.
//
// A program is a graph of modules. A role is a list of module names: running it
// starts those modules and everything they need, nothing else. Modules that do
// not need one another form a stage and start together; a stage starts when the
// one before it has started, and stops when the one after it has stopped. When
// one module fails, everything stops in order, and Run returns the failure.
//
//	idle ──▶ starting ──▶ running ──▶ stopping ──▶ stopped
//	            │            │            │
//	            └────────────┴────────────┴──────▶ failed
//
// A module that failed while running is stopped like the others, so that it can
// let go of what it holds; it stays failed.
package lifecycle

import (
	"context"
	"errors"
	"time"
)

// Module is one part of a program.
type Module struct {
	Name  string
	Needs []string // names of the modules that must run first

	// Start returns when the module works; what goes on working must not live in
	// ctx, which ends with the start. Nil means that there is nothing to start.
	Start func(ctx context.Context) error
	// Stop returns when nothing of the module is left. It is called once, when
	// Start succeeded. Nil means that there is nothing to stop.
	Stop func(ctx context.Context) error
	// Failed gives the error that ended a running module. Nil means that it cannot fail.
	Failed <-chan error

	StartWithin time.Duration // default 1 minute
	StopWithin  time.Duration // default 10 seconds
}

// State says where a module stands.
type State string

// The states, in the order of the package's diagram.
const (
	Idle     State = "idle"
	Starting State = "starting"
	Running  State = "running"
	Stopping State = "stopping"
	Stopped  State = "stopped"
	Failed   State = "failed"
)

// Status is a module's state, and why it failed if it did.
type Status struct {
	Name  string
	State State
	Err   error
}

// Loop makes a module of a function that works until its context ends. A return
// before that is the module's failure, with or without an error.
func Loop(name string, needs []string, run func(ctx context.Context) error) Module {
	var (
		cancel context.CancelFunc
		ended  = make(chan struct{})
		failed = make(chan error, 1)
	)
	return Module{
		Name:   name,
		Needs:  needs,
		Failed: failed,
		Start: func(ctx context.Context) error {
			ctx, cancel = context.WithCancel(context.WithoutCancel(ctx))
			go func() {
				defer close(ended)
				err := run(ctx)
				if ctx.Err() == nil {
					if err == nil {
						err = errors.New("ended by itself")
					}
					failed <- err
				}
			}()
			return nil
		},
		Stop: func(ctx context.Context) error {
			cancel()
			select {
			case <-ended:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	}
}
