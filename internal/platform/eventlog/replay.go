package eventlog

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Replayable tells whether a consumer says that events may be handled again.
func (c *Consumers) Replayable(consumer string) bool { return c.byName[consumer].Replayable }

// Again gives a replayable consumer an event once more, in a transaction that also
// notes that it did. The consumer's own place does not move, and types that it does
// not handle are passed over. A failure is the handler's if IsFailure says so.
func (c *Consumers) Again(ctx context.Context, tx *pg.Tx, consumer string, e Event) error {
	def, known := c.byName[consumer]
	switch {
	case !known:
		return fmt.Errorf("there is no consumer %q", consumer)
	case !def.Replayable:
		return fmt.Errorf("consumer %q does not say that events may be handled again", consumer)
	case len(def.Types) > 0 && !slices.Contains(def.Types, e.Type):
		return nil
	}
	return call(ctx, def.Handler, tx, e)
}

// IsFailure tells a handler's own failure from trouble around it, after which the same
// may be tried again.
func IsFailure(err error) bool { return isFailure(err) }
