package judge0

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Consumer reads the log for the ends of executions. Its cursor and the callback's
// begin commit together; an event that is handled again finds a callback that waits
// no more.
func (s *Slice) Consumer() eventlog.Consumer {
	var types []string
	for _, status := range execution.Statuses {
		if status.Terminal() {
			types = append(types, execution.Ended{Status: status}.EventType())
		}
	}
	return eventlog.Consumer{Name: "judge0.callbacks", Types: types, Handler: s.hear, Replayable: true}
}

func (s *Slice) hear(ctx context.Context, tx *pg.Tx, e eventlog.Event) error {
	begun, err := tx.Exec(ctx, beginCallback, e.AggregateID, s.runner.Clock())
	if err != nil {
		return fmt.Errorf("begin callback: %w", err)
	}
	if begun.RowsAffected() > 0 {
		tx.AfterCommit(s.courier.Wake)
	}
	return nil
}
