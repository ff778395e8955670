package execution

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Reprioritize moves an execution that waits to another place in the queue. It takes
// effect with the commit: who takes the next one reads the order then.
type Reprioritize struct {
	ID       ident.ID `json:"id"`
	Priority Priority `json:"priority"`
}

// Validate checks the priority.
func (c Reprioritize) Validate() error {
	if _, known := priorityNames[c.Priority]; !known {
		return invalid().At("body.priority", "is not one of critical, high, normal, low, background")
	}
	return nil
}

// reprioritized is what the audit trail says of it, as numbers that events have too.
type reprioritized struct {
	From Priority `json:"from"`
	To   Priority `json:"to"`
}

func (s *Slice) reprioritizeExecution(ctx context.Context, tx *command.Tx, in Reprioritize) (Execution, error) {
	e, load, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if e.Status != Queued {
		return Execution{}, fault.New(fault.Conflict, "execution.not_queued", "This execution is %s already. Only the priority of one that waits can be changed.", e.Status)
	}
	from := e.Priority
	if in.Priority == from {
		return e, nil
	}
	if in.Priority < from && !slices.Contains(tx.Actor.RolesIn(tx.Scope), tenancy.Operator) {
		limit, most, err := s.mostUrgent(ctx, tx, Subject{User: tx.Actor.ID, Project: e.ProjectID, Organization: e.OrganizationID})
		if err != nil {
			return Execution{}, err
		}
		if in.Priority < most {
			return Execution{}, tooUrgent(limit, in.Priority, most)
		}
	}
	// Its place among those of the new priority is that of one that its owner submits now.
	if e.Rank, err = s.store.Rank(ctx, tx, e, in.Priority); err != nil {
		return Execution{}, fmt.Errorf("find its place: %w", err)
	}
	e.Version++
	e.Priority = in.Priority
	load.Rank = max(load.Rank, e.Rank)
	s.store.SaveLoad(tx.Tx, load)
	s.store.Save(tx.Tx, e)
	tx.Emit(e.aggregate(), Reprioritized{From: int(from), To: int(e.Priority)})
	tx.Audit(Kind, e.ID, reprioritized{From: from, To: e.Priority})
	tx.AfterCommit(func() { s.live.ask(askClaim, e.ID) })
	return e, nil
}
