package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Retry runs an ended execution's program again, as a new execution linked to it.
type Retry struct {
	ID ident.ID `json:"id"`

	hold *hold
}

// Retry submits the same input, runtime and limits again.
func (s *Slice) Retry(ctx context.Context, in Retry) (Execution, error) {
	in.hold = &hold{placer: s.placer}
	e, err := s.retry(ctx, in)
	return s.settle(ctx, in.hold, e, err)
}

func (s *Slice) retryExecution(ctx context.Context, tx *command.Tx, in Retry) (Execution, error) {
	old, err := s.store.Get(ctx, tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if !old.Status.Terminal() {
		return Execution{}, fault.New(fault.Conflict, "execution.not_ended", "This execution is still %s. Cancel it first, or wait for it to end.", old.Status)
	}
	input, err := s.inputOf(ctx, tx, old)
	if err != nil {
		return Execution{}, err
	}
	egress := []string{NoEgress} // as it was, whatever its runtime's list says
	if input.Egress != nil {
		egress = input.Egress.Allow
	}
	var artefacts []string
	if input.Artefacts != nil {
		artefacts = input.Artefacts.Patterns
	}
	talk := input.Interactive
	return s.submitExecution(ctx, tx, Submit{
		Runtime: old.Runtime, Class: old.ClassAsked, Input: input, Priority: old.Priority, Network: old.Network, Egress: egress, Artefacts: artefacts,
		Limits: Limits{
			WallMS: old.WallMS, CPUMS: old.CPUMS, MemoryBytes: old.MemoryBytes, Processes: int64(old.Processes),
			OutputBytes: old.OutputBytes, DiskBytes: old.DiskBytes,
		},
		Script:      Script{ID: old.ScriptID, Version: old.ScriptVersion, Name: old.ScriptName},
		Interactive: old.Interactive, Terminal: talk.Terminal(), Record: talk != nil && talk.RecordBytes > 0,
		retryOf: old.ID, hold: in.hold,
	})
}
