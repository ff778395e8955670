package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Delete removes an ended execution with its input and output. That it happened
// stays in the events and the audit trail, which hold ids only.
type Delete struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) deleteExecution(ctx context.Context, tx *command.Tx, in Delete) (struct{}, error) {
	e, _, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	if !e.Status.Terminal() {
		return struct{}{}, fault.New(fault.Conflict, "execution.not_ended", "This execution is still %s. Cancel it first.", e.Status)
	}
	s.remove(tx, e)
	return struct{}{}, nil
}

func (s *Slice) remove(tx *command.Tx, e Execution) {
	e.Version++
	s.store.Delete(tx.Tx, e.ID)
	tx.Emit(e.aggregate(), Deleted{})
}
