package eventplane

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// DeleteReplay forgets a replay that is not under way, with the file that it wrote.
type DeleteReplay struct{ ID ident.ID }

func (s *Slice) deleteReplay(ctx context.Context, tx *command.Tx, c DeleteReplay) (none struct{}, err error) {
	r, err := lockedReplay(ctx, tx, c.ID)
	if err != nil {
		return none, err
	}
	if r.Status == Running || r.Status == Scheduled || r.Status == Paused {
		return none, fault.New(fault.Conflict, "replay.status", "The replay is %s: cancel it first.", r.Status)
	}
	tx.Defer(deleteReplay, r.ID)
	tx.Emit(eventlog.Aggregate{Kind: replayKind, ID: r.ID, Version: r.Version + 1}, ReplayDeleted{})
	return none, nil
}

// ReplayDeleted says that a replay is forgotten before its time.
type ReplayDeleted struct{}

// EventType implements eventlog.Fact.
func (ReplayDeleted) EventType() string { return "replay.deleted.v1" }
