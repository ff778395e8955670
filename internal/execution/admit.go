package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// admit decides between a node at once and the queue, and counts it against its owner.
func (s *Slice) admit(ctx context.Context, tx *command.Tx, who Subject, e *Execution, h *hold) error {
	concurrent, err := s.limits.Int(ctx, tx, "execution.concurrent", who)
	if err != nil {
		return err
	}
	ask := h.load
	if h.load = nil; ask == nil { // an answer is worth one transaction
		ask = s.store.AskLoad(tx.Tx, who.User, e.Priority)
	}
	load, ahead, err := ask(ctx)
	if err != nil {
		return err
	}
	atOnce := int64(load.Active) < concurrent.Int() && !ahead.Waiting
	if atOnce {
		_, full, err := s.full(ctx, tx, who, true)
		if err != nil {
			return err
		}
		atOnce = !full
	}
	if atOnce && h.take(*e, 1) {
		e.Status, e.NodeID, e.Epoch, e.Attempt, e.ScheduledAt = Scheduled, h.slot.NodeID, h.slot.Epoch, 1, new(tx.Now)
		load.Active++
	} else {
		if err := s.admitToQueue(ctx, tx, who, load); err != nil {
			return err
		}
		e.Status, e.Rank = Queued, load.next(ahead)
		load.Rank = e.Rank
		load.Queued++
	}
	s.store.SaveLoad(tx.Tx, load)
	return nil
}

// next is the rank of a user's next execution in the queue: start-time fair queueing.
// Who has something waiting comes after it; who has nothing starts where the queue
// is now, so that neither a backlog nor a quiet past counts.
func (l Load) next(ahead Ahead) int64 {
	if l.Queued == 0 {
		return ahead.Floor
	}
	return max(l.Rank+1, ahead.Floor)
}

func (s *Slice) admitToQueue(ctx context.Context, tx *command.Tx, who Subject, load Load) error {
	perUser, err := s.limits.Int(ctx, tx, "execution.queue.per_user", who)
	if err != nil {
		return err
	}
	if int64(load.Queued) >= perUser.Int() {
		return perUser.Refuse("execution.queue_full", "You have %d executions waiting already; that is your limit. Wait for some to end, or cancel them.", load.Queued)
	}
	total, err := s.limits.Int(ctx, tx, "execution.queue.total", who)
	if err != nil {
		return err
	}
	waiting, err := s.store.Queued(ctx, tx, int(total.Int()))
	if err != nil {
		return err
	}
	if int64(waiting) >= total.Int() {
		return total.Refuse("execution.queue_full", "The queue is full: %d executions wait.", waiting)
	}
	return nil
}

// hold is a slot taken while a transaction decides whether it is used.
type hold struct {
	placer  *placer
	watch   func()
	load    LoadLater // the owner's, asked for with the scope
	id      ident.ID
	slot    Slot
	attempt int
	input   Input
}

// take reserves a slot for the attempt, giving back what an earlier try took.
func (h *hold) take(e Execution, attempt int) bool {
	h.release()
	id := e.ID
	slot, ok := h.placer.reserve(id, attempt, e.offer())
	if ok {
		h.id, h.slot, h.attempt = id, slot, attempt
	}
	return ok
}

func (h *hold) release() {
	if !h.id.IsZero() {
		h.placer.release(h.slot.NodeID, h.id, h.attempt)
		h.id = ident.ID{}
	}
}
