package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Reconcile marks nodes offline whose lease and grace have passed, and draining ones
// drained that are empty. It takes no input, and any replica may run it at any time:
// the commands decide under the node's lock.
func (s *Slice) Reconcile(ctx context.Context) error {
	ctx = command.AsSystem(ctx, "node.reconcile")
	lapsed, err := pg.All[lapse](ctx, s.db, selectLapsed, s.cfg.Grace.Seconds())
	if err != nil {
		return fmt.Errorf("find lapsed sessions: %w", err)
	}
	var failed []error
	for _, l := range lapsed {
		_, err := s.markOffline(ctx, l)
		failed = append(failed, unlessConflict(err))
	}
	emptied, err := pg.All[ident.ID](ctx, s.db, selectEmptied, s.cfg.Settle.Seconds())
	if err != nil {
		return fmt.Errorf("find emptied nodes: %w", err)
	}
	for _, id := range emptied {
		_, err := s.markDrained(ctx, finishDrain{NodeID: id})
		failed = append(failed, unlessConflict(err))
	}
	return errors.Join(failed...)
}

// unlessConflict drops the error of a command that found nothing to do any more.
func unlessConflict(err error) error {
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return nil
	}
	return err
}

// Run reconciles until ctx ends.
func (s *Slice) Run(ctx context.Context) error {
	reconcile := func() {
		if err := s.Reconcile(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "reconcile nodes failed", "error", err)
		}
	}
	reconcile()
	lifecycle.Every(ctx, s.cfg.Every, nil, reconcile)
	return nil
}
