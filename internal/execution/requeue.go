package execution

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// requeue gives an execution whose attempt is lost another one, or ends it as an
// error when that would not be safe: fencing prevents two results, not two runs,
// so what may have had effects outside is not repeated by itself.
type requeue struct {
	ID      ident.ID `json:"id"`
	Attempt int      `json:"attempt"` // the lost one
	NodeID  ident.ID `json:"node_id"` // who says so; zero: it was found out here
	Code    string   `json:"code"`
	Message string   `json:"message"`
}

// maxAttempts bounds how often a lost node makes an execution start again.
const maxAttempts = 3

func (s *Slice) requeueExecution(ctx context.Context, tx *command.Tx, in requeue) (Execution, error) {
	e, load, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if !e.Status.Active() || e.Attempt != in.Attempt || !in.NodeID.IsZero() && e.NodeID != in.NodeID {
		return Execution{}, errStale()
	}
	node, attempt := e.NodeID, e.Attempt
	load.Active--
	switch {
	case e.CancelAsked:
		s.finish(tx, &e, Cancelled, ReasonCancelled, "It was cancelled.")
		tx.Emit(e.aggregate(), e.ended())
	case e.Network:
		s.finish(tx, &e, Error, in.Code, in.Message+" It had network access, so it was not run again by itself.")
		tx.Emit(e.aggregate(), e.ended())
	case e.Interactive:
		s.finish(tx, &e, Error, in.Code, in.Message+" It was interactive, and what was written to it is nowhere else, so it was not run again by itself.")
		tx.Emit(e.aggregate(), e.ended())
	case e.Attempt >= maxAttempts:
		s.finish(tx, &e, Error, in.Code, fmt.Sprintf("%s That was attempt %d, the last.", in.Message, e.Attempt))
		tx.Emit(e.aggregate(), e.ended())
	default:
		e.become(Queued)
		e.NodeID, e.Epoch, e.ScheduledAt, e.StartedAt = ident.ID{}, 0, nil, nil
		e.ReasonCode, e.ReasonMessage = in.Code, in.Message
		load.Queued++
		tx.Emit(e.aggregate(), Requeued{NodeID: node, Attempt: attempt, Reason: in.Code})
	}
	s.store.SaveLoad(tx.Tx, load)
	s.store.Save(tx.Tx, e)
	tx.AfterCommit(func() {
		s.placer.release(node, e.ID, attempt)
		s.live.reset(e.ID, attempt)
		s.live.ask(askClaim, e.ID)
	})
	return e, nil
}
