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
	ended, forget := s.ends.await(in.ID) // before the commit, so that no end is missed
	defer forget()
	changed, stop := s.Changed(in.ID)
	defer func() { stop() }()
	in.watch = func() { // its own submit has closed the channel; what is to come matters
		stop()
		changed, stop = s.Changed(in.ID)
	}
	e, err := s.Submit(ctx, in)
	if err != nil {
		return Details{}, err
	}
	if e.ID != in.ID { // an answer that was given before
		stop()
		changed, stop = s.Changed(e.ID)
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	recheck := time.NewTicker(recheckEvery)
	defer recheck.Stop()
	d := Details{Execution: e}
	over := false
	for read := e.ID != in.ID; ; read = true { // what was just inserted need not be read again
		if read {
			current, out, err := s.store.GetEnded(ctx, s.runner.DB, e.ID)
			if err != nil {
				return d, err
			}
			d = Details{Execution: current, Output: out}
			if len(in.Artefacts) > 0 && current.Status.Terminal() {
				if d.Artefacts, err = s.store.Artefacts(ctx, s.runner.DB, e.ID); err != nil {
					return d, err
				}
			}
		}
		if d.Status.Terminal() || over {
			return d, nil
		}
		select {
		case d := <-ended:
			return d, nil
		case <-changed:
			select {
			case d := <-ended: // told before
				return d, nil
			default:
			}
			stop()
			changed, stop = s.Changed(e.ID)
		case <-recheck.C:
		case <-deadline.C:
			over = true
		case <-ctx.Done():
			return d, nil
		}
	}
}

// Changed gives a channel that closes when the execution next changes. Ask first,
// then read the row, then wait.
func (s *Slice) Changed(id ident.ID) (<-chan struct{}, func()) { return s.waker.Changed(id) }

// Live is the carrier of what runs write.
func (s *Slice) Live() *Live { return s.live }

// Answer serves what other replicas ask about nodes whose sessions are here, until ctx ends.
func (s *Slice) Answer(ctx context.Context) error {
	sub, err := s.live.answer(func(what byte, id ident.ID) {
		if what == askClaim {
			s.signal()
			return
		}
		e, err := s.store.Get(ctx, s.runner.DB, id)
		if err != nil || !e.Status.Active() {
			return
		}
		if !s.placer.holds(e.NodeID) {
			return
		}
		switch what {
		case askReplay:
			_ = s.nodes.Replay(ctx, e.NodeID, e.ID, e.Attempt)
		case askCancel:
			s.cancelOnNode(ctx, e)
		case askEgress:
			s.egressOnNode(ctx, e)
		}
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return sub.Close()
}

// FactTypes is every event of the slice, for the catalogue.
func FactTypes() []eventlog.Fact {
	facts := []eventlog.Fact{Submitted{}, Assigned{}, Began{}, Requeued{}, CancelRequested{}, EgressChanged{}, Reprioritized{}, Deleted{}, RuntimeCreated{}, RuntimeUpdated{}, RuntimeRetired{}}
	for _, s := range Statuses {
		if s.Terminal() {
			facts = append(facts, Ended{Status: s})
		}
	}
	return facts
}
