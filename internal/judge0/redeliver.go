package judge0

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Redeliver makes a callback again at once, with the same key, and begins its schedule anew.
type Redeliver struct {
	ExecutionID ident.ID `json:"execution_id"`
}

func (s *Slice) scopeOf(ctx context.Context, tx *command.Tx, in Redeliver) (command.Scope, error) {
	c, err := pg.One[Callback](ctx, tx, selectCallback, in.ExecutionID)
	return c.scope(), command.NotFoundIfNoRows(err)
}

func (s *Slice) redeliver(ctx context.Context, tx *command.Tx, in Redeliver) (struct{}, error) {
	c, err := pg.One[Callback](ctx, tx, lockCallback, in.ExecutionID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	switch c.Status {
	case Waiting:
		return struct{}{}, fault.New(fault.Conflict, "judge0.callback_waiting", "The callback is made when the execution has ended.")
	case Sending:
		return struct{}{}, fault.New(fault.Conflict, "judge0.callback_sending", "The callback is being made right now.")
	}
	c.become(Queued)
	c.Reason, c.NextAt, c.RestartedAt, c.EndedAt = "", &tx.Now, c.Attempts, nil
	save(tx.Tx, c)
	tx.AfterCommit(s.courier.Wake)
	tx.Audit(Kind, c.ExecutionID, nil)
	tx.Emit(c.aggregate(), CallbackAsked{ExecutionID: c.ExecutionID, OwnerID: c.OwnerID})
	return struct{}{}, nil
}
