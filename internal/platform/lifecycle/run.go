package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	startWithin = time.Minute
	stopWithin  = 10 * time.Second
)

// Run starts the targets (module names; none means all) and what they need,
// waits until ctx ends or a module fails, and stops everything that was started.
// It returns nil after an orderly end, and otherwise every failure joined. A
// graph runs once.
func (g *Graph) Run(ctx context.Context, targets ...string) error {
	stages, err := g.stages(targets)
	if err != nil {
		return err
	}
	interrupted := ctx.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var watchers sync.WaitGroup
	reached := 0
	for _, stage := range stages {
		reached++
		g.start(ctx, stage, cancel)
		if ctx.Err() != nil {
			break
		}
		for _, n := range stage {
			if n.Failed != nil {
				watchers.Go(func() { g.watch(ctx, n, cancel) })
			}
		}
	}
	if ctx.Err() == nil {
		close(g.ready)
	}
	select {
	case <-interrupted:
	case <-ctx.Done():
	}
	cancel(nil)
	watchers.Wait()
	var errs []error
	if failure := (*moduleError)(nil); errors.As(context.Cause(ctx), &failure) {
		errs = append(errs, failure)
	}
	for _, stage := range slices.Backward(stages[:reached]) {
		errs = append(errs, g.stop(ctx, stage))
	}
	return errors.Join(errs...)
}

type moduleError struct {
	module, verb string
	err          error
}

func (e *moduleError) Error() string { return fmt.Sprintf("%s module %s: %v", e.verb, e.module, e.err) }
func (e *moduleError) Unwrap() error { return e.err }

// watch waits for the module's failure, which ends the whole run.
func (g *Graph) watch(ctx context.Context, n *node, fail context.CancelCauseFunc) {
	select {
	case <-ctx.Done():
	case err := <-n.Failed:
		g.Log.Error("module failed", "module", n.Name, "error", err)
		g.enter(n, Failed, err)
		fail(&moduleError{n.Name, "run", err})
	}
}

// start starts a stage; the first failure ends the run, and with it the others' start.
func (g *Graph) start(ctx context.Context, stage []*node, fail context.CancelCauseFunc) {
	_ = together(stage, func(n *node) error {
		ctx, done := context.WithTimeout(ctx, orElse(n.StartWithin, startWithin))
		defer done()
		g.enter(n, Starting, nil)
		began := time.Now()
		if n.Start != nil {
			if err := n.Start(ctx); err != nil {
				g.enter(n, Failed, err)
				fail(&moduleError{n.Name, "start", err})
				return err
			}
		}
		n.started = true
		g.enter(n, Running, nil)
		g.Log.Debug("module started", "module", n.Name, "took", time.Since(began))
		return nil
	})
}

// stop stops what runs of a stage. Who does not stop in time is left behind:
// the stages below must still get their chance.
func (g *Graph) stop(ctx context.Context, stage []*node) error {
	ctx = context.WithoutCancel(ctx)
	return together(stage, func(n *node) error {
		if !n.started {
			return nil
		}
		began := time.Now()
		g.enter(n, Stopping, nil)
		if n.Stop != nil {
			ctx, done := context.WithTimeout(ctx, orElse(n.StopWithin, stopWithin))
			defer done()
			ended := make(chan error, 1)
			go func() { ended <- n.Stop(ctx) }()
			var err error
			select {
			case err = <-ended:
			case <-ctx.Done():
				err = fmt.Errorf("did not stop within %s", orElse(n.StopWithin, stopWithin))
			}
			if err != nil {
				g.enter(n, Failed, err)
				return &moduleError{n.Name, "stop", err}
			}
		}
		g.enter(n, Stopped, nil)
		g.Log.Debug("module stopped", "module", n.Name, "took", time.Since(began))
		return nil
	})
}

func together(stage []*node, do func(*node) error) error {
	errs := make([]error, len(stage))
	var all sync.WaitGroup
	for i, n := range stage {
		all.Go(func() { errs[i] = do(n) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
