package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Cancel ends an execution early. One that waits ends at once; one that runs is
// ended by its node, which then reports so.
type Cancel struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) cancelExecution(ctx context.Context, tx *command.Tx, in Cancel) (Execution, error) {
	e, load, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	switch {
	case e.Status.Terminal():
		return Execution{}, fault.New(fault.Conflict, "execution.ended", "This execution has ended: %s.", e.Status)
	case e.Status == Queued:
		s.finish(tx, &e, Cancelled, ReasonCancelled, "Cancelled before it started.")
		load.Queued--
		s.store.SaveLoad(tx.Tx, load)
		s.store.Save(tx.Tx, e)
		tx.Emit(e.aggregate(), e.ended())
	case !e.CancelAsked:
		e.Version++
		e.CancelAsked = true
		s.store.Save(tx.Tx, e)
		tx.Emit(e.aggregate(), CancelRequested{NodeID: e.NodeID})
		tx.AfterCommit(func() { s.live.ask(askCancel, e.ID) })
	}
	return e, nil
}

// cancelOnNode tells the node, if this replica holds its session. Losing the message
// costs time: it is sent again for as long as the execution runs.
func (s *Slice) cancelOnNode(ctx context.Context, e Execution) {
	if !s.placer.holds(e.NodeID) {
		return
	}
	if err := s.nodes.Cancel(context.WithoutCancel(ctx), e.NodeID, e.ID, e.Attempt, ReasonCancelled); err != nil {
		s.log.WarnContext(ctx, "cancellation not sent to the node", "execution", e.ID, "node", e.NodeID, "error", err)
	}
}

// finish puts an execution into a terminal status, and has it counted once that is committed.
func (s *Slice) finish(tx *command.Tx, e *Execution, status Status, code, message string) {
	e.become(status)
	e.ReasonCode, e.ReasonMessage = code, message
	e.EndedAt = new(tx.Now)
	tx.AfterCommit(func() { s.observe(*e) })
}

func (e *Execution) ended() Ended {
	fact := Ended{
		OwnerID: e.OwnerID, Status: e.Status, Reason: e.ReasonCode, Runtime: e.Runtime, NodeID: e.NodeID, Attempt: e.Attempt,
		ExitCode: e.ExitCode, Signal: e.Signal,
	}
	if e.UsedWallUS != nil {
		fact.WallUS, fact.CPUUS, fact.PeakMemoryBytes = *e.UsedWallUS, *e.UsedCPUUS, *e.PeakMemory
	}
	return fact
}
