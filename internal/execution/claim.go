package execution

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
)

// claim gives a queued execution a slot on a node whose session this replica holds.
type claim struct {
	ID ident.ID `json:"id"`

	hold *hold
}

// errNotClaimable: somebody else was faster, or nothing is free any more. It is no failure.
func errNotClaimable() error {
	return fault.New(fault.Conflict, "execution.not_claimable", "The execution is not waiting for a node of this replica.")
}

// errOwnerBusy: its owner, or all of the project or organization, has as many under way as
// they may. It is no failure either.
func errOwnerBusy() error {
	return fault.New(fault.Conflict, ownerBusy, "Its owner, project or organization has as many executions under way as they may.")
}

const ownerBusy = "execution.owner_busy"

func (s *Slice) claimExecution(ctx context.Context, tx *command.Tx, in claim) (Execution, error) {
	e, load, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	concurrent, err := s.limits.Int(ctx, tx, "execution.concurrent", e.subject())
	if err != nil {
		return Execution{}, err
	}
	if e.Status == Queued && int64(load.Active) >= concurrent.Int() {
		return Execution{}, errOwnerBusy()
	}
	if _, full, err := s.full(ctx, tx, e.subject(), true); err != nil {
		return Execution{}, err
	} else if full {
		return Execution{}, errOwnerBusy()
	}
	if e.Status != Queued || !in.hold.take(e, e.Attempt+1) {
		return Execution{}, errNotClaimable()
	}
	if in.hold.input, err = s.inputOf(ctx, tx, e); err != nil {
		return Execution{}, err
	}
	load.Queued--
	load.Active++
	e.become(Scheduled)
	e.Attempt++
	e.NodeID, e.Epoch, e.ScheduledAt = in.hold.slot.NodeID, in.hold.slot.Epoch, new(tx.Now)
	s.store.SaveLoad(tx.Tx, load)
	s.store.Save(tx.Tx, e)
	tx.Emit(e.aggregate(), Assigned{NodeID: e.NodeID, Attempt: e.Attempt})
	return e, nil
}

// pollEvery is how long a lost hint can leave queued work unseen.
const pollEvery = 2 * time.Second

// Pull takes queued executions for the free slots of this replica's nodes until ctx
// ends. It is woken by submits and freed slots, and looks by itself now and then.
func (s *Slice) Pull(ctx context.Context) {
	lifecycle.Every(ctx, pollEvery, s.work, func() { s.PullOnce(ctx) })
}

// PullOnce claims in fair order until no slot is free or nothing fits.
func (s *Slice) PullOnce(ctx context.Context) {
	var busy []OwnerIn // whose own limit there is below the installation's, or who share one, and it is reached
	for ctx.Err() == nil {
		slots, offers := s.placer.free()
		if slots == 0 {
			return
		}
		concurrent, err := s.limits.Int(ctx, s.runner.DB, "execution.concurrent", Subject{})
		if err != nil {
			s.log.WarnContext(ctx, "queue not read", "error", err)
			return
		}
		next, err := s.store.Claimable(ctx, s.runner.DB, offers, int(concurrent.Int()), slots, busy)
		if err != nil {
			s.log.WarnContext(ctx, "queue not read", "error", err)
			return
		}
		if len(next) == 0 {
			s.lookForNothing(ctx)
			return
		}
		claimed, passed := 0, len(busy)
		for _, c := range next {
			if slices.Contains(busy, c.OwnerIn) {
				continue
			}
			if s.ownerIsBusy(ctx, c) { // who waits behind them gets the slot
				busy = append(busy, c.OwnerIn)
				continue
			}
			h := &hold{placer: s.placer}
			e, err := s.claim(s.asSystem(ctx), claim{ID: c.ID, hold: h})
			e, err = s.settle(ctx, h, e, err)
			switch {
			case err == nil && e.Status == Scheduled:
				claimed++
			case fault.Is(err, ownerBusy):
				busy = append(busy, c.OwnerIn)
			case err != nil && fault.KindOf(err) == fault.Internal:
				s.log.WarnContext(ctx, "execution not claimed", "execution", c.ID, "error", err)
				return
			}
		}
		if claimed == 0 && len(busy) == passed {
			return
		}
	}
}

// ownerIsBusy tells, without a transaction, what the claim would find in most cases.
func (s *Slice) ownerIsBusy(ctx context.Context, c Claimable) bool {
	who := Subject{User: c.OwnerID, Project: c.ProjectID, Organization: c.OrganizationID}
	concurrent, err := s.limits.Int(ctx, s.runner.DB, "execution.concurrent", who)
	if err == nil && int64(c.Active) >= concurrent.Int() {
		return true
	}
	_, full, err := s.full(ctx, s.runner.DB, who, false)
	return err == nil && full
}

// lookForNothing notes whether the queue is empty, so that not every end of a run
// asks the database. What is queued from now on says so by itself.
func (s *Slice) lookForNothing(ctx context.Context) {
	s.nothing.Store(true) // before the look, so that a word that comes meanwhile counts
	if waiting, err := s.store.Queued(ctx, s.runner.DB, 1); err != nil || waiting > 0 {
		s.nothing.Store(false)
	}
}
