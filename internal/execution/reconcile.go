package execution

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
)

// The reconciler's bounds. An agent ends its executions 15 s after the control
// plane vanished, so an attempt is given up only after that and a margin. Files may take two and a half minutes to come, and a compiler has
// a minute of its own before the program's time begins.
const (
	reconcileEvery = 5 * time.Second
	lostAfter      = 20 * time.Second
	overdueMargin  = 4 * time.Minute
	reconcileBatch = 100
)

// Reconcile finds what is stuck and moves it on, until ctx ends. One replica does
// it at a time; it takes no input, so it can run at any moment and any number of times.
func (s *Slice) Reconcile(ctx context.Context) {
	lifecycle.Every(ctx, reconcileEvery, nil, func() { s.ReconcileOnce(ctx) })
}

// ReconcileOnce is one pass.
func (s *Slice) ReconcileOnce(ctx context.Context) {
	at := s.runner.Clock()
	if err := s.store.ForgetAttachments(ctx, s.runner.DB); err != nil {
		s.log.WarnContext(ctx, "reconcile", "what", "attachments", "error", err)
	}
	each(ctx, s, "stale", func() ([]ident.ID, error) {
		return s.store.Stale(ctx, s.runner.DB, at.Add(-staleAfter), reconcileBatch)
	}, func(ctx context.Context, id ident.ID) error {
		_, err := s.expire(ctx, expire{ID: id})
		return err
	})
	each(ctx, s, "lost", func() ([]Attempt, error) {
		return s.store.Lost(ctx, s.runner.DB, lostAfter, reconcileBatch)
	}, func(ctx context.Context, a Attempt) error {
		return s.giveUp(ctx, a, ReasonNodeLost, "Its node lost contact while it ran.")
	})
	each(ctx, s, "overdue", func() ([]Attempt, error) {
		return s.store.Overdue(ctx, s.runner.DB, at, overdueMargin, reconcileBatch)
	}, func(ctx context.Context, a Attempt) error {
		return s.giveUp(ctx, a, ReasonStuck, "Its node never reported an end, long after its wall limit.")
	})
}

func each[T any](ctx context.Context, s *Slice, what string, find func() ([]T, error), act func(context.Context, T) error) {
	found, err := find()
	if err != nil {
		s.log.WarnContext(ctx, "reconcile", "what", what, "error", err)
		return
	}
	for _, one := range found {
		if err := act(s.asSystem(ctx), one); err != nil && !IsStale(err) {
			s.log.WarnContext(ctx, "reconcile", "what", what, "execution", one, "error", err)
		}
	}
}

// giveUp declares an attempt lost, if it still is the current one.
func (s *Slice) giveUp(ctx context.Context, a Attempt, code, message string) error {
	_, err := s.requeue(ctx, requeue{ID: a.ID, Attempt: a.Attempt, Code: code, Message: message})
	return err
}

// resendAfter is how long an assignment may be under way before it is sent again.
const resendAfter = 3 * time.Second

// Resend repeats, on the replica that holds the node's session, what was committed
// and may never have arrived: assignments and cancellations. Agents ignore what
// they already have.
func (s *Slice) Resend(ctx context.Context) {
	lifecycle.Every(ctx, reconcileEvery, nil, func() {
		for _, node := range s.placer.sessions() {
			s.resendTo(ctx, node)
		}
	})
}

func (s *Slice) resendTo(ctx context.Context, node ident.ID) {
	active, err := s.store.OnNode(ctx, s.runner.DB, node)
	if err != nil {
		s.log.WarnContext(ctx, "resend", "node", node, "error", err)
		return
	}
	before := s.runner.Clock().Add(-resendAfter)
	for _, e := range active {
		here := s.placer.holds(node)
		if !here || e.ScheduledAt == nil || e.ScheduledAt.After(before) {
			continue
		}
		if e.Status == Scheduled {
			slot, known := s.placer.slotOn(node, e.Runtime)
			input, err := s.inputOf(ctx, s.runner.DB, e)
			if err != nil || !known {
				continue
			}
			s.placer.occupy(node, e.ID, e.Attempt)
			s.assign(ctx, slot, e, input)
		}
		if e.CancelAsked {
			s.cancelOnNode(ctx, e)
		}
		if e.Status == Running {
			s.egressOnNode(ctx, e)
		}
	}
}
