package execution

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// recheckEvery bounds how long a lost wake-up delays a waiter.
const recheckEvery = time.Second

// SubmitAndWait submits and returns when the execution has ended, or as it stands
// when patience runs out.
func (s *Slice) SubmitAndWait(ctx context.Context, in Submit, patience time.Duration) (Details, error) {
	if in.ID.IsZero() {
		in.ID = s.newID()
	}
	woken, stop := s.waker.Wait(Key(in.ID)) // before the commit, so that no end is missed
	defer func() { stop() }()
	e, err := s.Submit(ctx, in)
	if err != nil {
		return Details{}, err
	}
	if e.ID != in.ID { // an answer that was given before
		stop()
		woken, stop = s.waker.Wait(Key(e.ID))
	}
	return s.wait(ctx, e, woken, patience)
}

func (s *Slice) wait(ctx context.Context, e Execution, woken <-chan struct{}, patience time.Duration) (Details, error) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	recheck := time.NewTicker(recheckEvery)
	defer recheck.Stop()
	d := Details{Execution: e}
	over := false
	for fresh := e.Version == 1; ; fresh = false { // what was just inserted need not be read again
		if !fresh {
			current, out, err := s.store.GetEnded(ctx, s.runner.DB, e.ID)
			if err != nil {
				return d, err
			}
			d = Details{Execution: current, Output: out}
		}
		if d.Status.Terminal() || over {
			return d, nil
		}
		select {
		case <-woken:
		case <-recheck.C:
		case <-deadline.C:
			over = true
		case <-ctx.Done():
			return d, nil
		}
	}
}

// Key is what waiters for an execution's changes wait on.
func Key(id ident.ID) string { return Kind + "/" + id.String() }

// Wait gives a channel that tells when the execution changed.
func (s *Slice) Wait(id ident.ID) (<-chan struct{}, func()) { return s.waker.Wait(Key(id)) }

// Live is the carrier of what runs write.
func (s *Slice) Live() *Live { return s.live }

// Hinted acts on events that this or another replica committed: queued work may be
// claimable here, a cancellation may be for a node of ours.
func (s *Slice) Hinted(ctx context.Context, eventType string, id ident.ID) {
	switch eventType {
	case Submitted{}.EventType(), Requeued{}.EventType():
		s.signal()
	case CancelRequested{}.EventType():
		if e, err := s.store.Get(ctx, s.runner.DB, id); err == nil && e.Status.Active() {
			s.cancelOnNode(ctx, e)
		}
	}
}

// Serve answers requests for output until ctx ends.
func (s *Slice) Serve(ctx context.Context) error {
	sub, err := s.live.serveReplays(func(id ident.ID) {
		e, err := s.store.Get(ctx, s.runner.DB, id)
		if err != nil || !e.Status.Active() {
			return
		}
		if _, here := s.placer.session(e.NodeID); here {
			_ = s.nodes.Replay(ctx, e.NodeID, e.ID, e.Attempt)
		}
	})
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = sub.Close() })
	return nil
}

// FactTypes is every event of the slice, for the catalogue.
func FactTypes() []eventlog.Fact {
	facts := []eventlog.Fact{Submitted{}, Assigned{}, Began{}, Requeued{}, CancelRequested{}, Deleted{}}
	for _, s := range Statuses {
		if s.Terminal() {
			facts = append(facts, Ended{Status: s})
		}
	}
	return facts
}
