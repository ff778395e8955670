package execution

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// forget removes an execution that ended before a time, as its owner could.
type forget struct {
	ID     ident.ID  `json:"id"`
	Before time.Time `json:"before"`
}

func (s *Slice) forgetExecution(ctx context.Context, tx *command.Tx, c forget) (struct{}, error) {
	e, _, err := s.store.Lock(ctx, tx.Tx, c.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	if e.Status.Terminal() && e.EndedAt != nil && e.EndedAt.Before(c.Before) {
		s.remove(tx, e)
	}
	return struct{}{}, nil
}

const (
	forgetBatch = 100    // looked for at once
	forgetMost  = 20_000 // within one call, so that other housekeeping has its turn
)

// Forget removes the executions of every project that keeps them for a time
// (execution.retention_hours) when that is over.
func (s *Slice) Forget(ctx context.Context) error {
	all, err := s.store.Projects(ctx, s.runner.DB)
	if err != nil {
		return fmt.Errorf("find projects with executions: %w", err)
	}
	left := forgetMost
	for _, at := range all {
		kept, err := s.limits.Int(ctx, s.runner.DB, "execution.retention_hours", Subject{Project: at.Project, Organization: at.Organization})
		if err != nil {
			return fmt.Errorf("read how long executions are kept: %w", err)
		}
		if kept.Int() == 0 { // for ever
			continue
		}
		before := s.runner.Clock().Add(-time.Duration(kept.Int()) * time.Hour)
		for more := true; more && left > 0; {
			old, err := s.store.EndedBefore(ctx, s.runner.DB, at.Project, before, forgetBatch)
			if err != nil {
				return fmt.Errorf("find old executions: %w", err)
			}
			for _, id := range old {
				_, err := s.forget(command.AsSystem(ctx, "execution/"+id.String()), forget{ID: id, Before: before})
				if err != nil && fault.KindOf(err) != fault.NotFound { // deleted meanwhile
					return fmt.Errorf("forget execution %s: %w", id, err)
				}
			}
			left -= len(old)
			more = len(old) == forgetBatch
		}
	}
	return nil
}
