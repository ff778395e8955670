package eventplane

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// DeleteSink forgets a sink.
type DeleteSink struct{ ID ident.ID }

const deleteSink = `DELETE FROM sink WHERE id = $1`

func (s *Slice) deleteSink(ctx context.Context, tx *command.Tx, c DeleteSink) (none struct{}, err error) {
	sink, err := s.lockedSink(ctx, tx, c.ID)
	if err != nil {
		return none, err
	}
	tx.Defer(deleteSink, c.ID)
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: c.ID, Version: sink.Version + 1}, SinkDeleted{})
	return none, nil
}

// SinkDeleted says that another system gets no more events.
type SinkDeleted struct{}

// EventType implements eventlog.Fact.
func (SinkDeleted) EventType() string { return "sink.deleted.v1" }
