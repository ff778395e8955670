package execution

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// expire ends an execution that has waited in the queue for too long.
type expire struct {
	ID ident.ID `json:"id"`
}

// staleAfter is how long an execution may wait (system 004: 3600 s).
const staleAfter = time.Hour

func (s *Slice) expireExecution(ctx context.Context, tx *command.Tx, in expire) (Execution, error) {
	e, load, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if e.Status != Queued {
		return Execution{}, errStale()
	}
	s.finish(tx, &e, Error, ReasonStale, fmt.Sprintf("No node took it within %s. %s", staleAfter, s.placer.explain(e.offer()).Message))
	load.Queued--
	s.store.SaveLoad(tx.Tx, load)
	s.store.Save(tx.Tx, e)
	tx.Emit(e.aggregate(), e.ended())
	return e, nil
}
