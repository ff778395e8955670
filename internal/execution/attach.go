package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Attach begins to follow an interactive execution and to write to it. Who may cancel it may
// attach, as many at a time as like to. It changes nothing but the audit trail: what is
// written later is told to nobody but the program.
type Attach struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) attachExecution(ctx context.Context, tx *command.Tx, in Attach) (Execution, error) {
	e, err := s.store.Get(ctx, tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if !e.Interactive {
		return Execution{}, errNotInteractive()
	}
	tx.Audit(Kind, e.ID, nil)
	return e, nil
}
