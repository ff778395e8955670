package eventlog

import (
	"context"
	"fmt"
	"time"
)

// Replay gives a replayable consumer the events of a range (after, through] once
// more, by a second cursor with deliveries of its own; the consumer's own place
// does not move. A replay that was interrupted goes on where it was when it is
// called again with the same name, and one that is done does nothing. It returns
// when the whole range is handled or has deliveries.
func (c *Consumers) Replay(ctx context.Context, name, consumer string, after, through int64) error {
	def, known := c.byName[consumer]
	switch {
	case !known:
		return fmt.Errorf("there is no consumer %q", consumer)
	case !def.Replayable:
		return fmt.Errorf("consumer %q does not say that events may be handled again", consumer)
	}
	cursorName := "replay/" + consumer + "/" + name
	ctx, done := context.WithCancel(ctx)
	defer done()
	var failure error
	err := c.leases.Hold(ctx, "consumer/"+cursorName, func(ctx context.Context, epoch int64) error {
		cursor := &cursor{Consumers: c, consumer: def, name: cursorName, epoch: epoch, until: through}
		if failure = cursor.replay(ctx, after); failure == nil {
			done()
		}
		return failure
	})
	if failure != nil {
		return failure
	}
	return err
}

// replay runs until the range and what is due of its deliveries are through.
func (c *cursor) replay(ctx context.Context, after int64) error {
	if err := c.claim(ctx, after); err != nil {
		return err
	}
	for c.position < c.until {
		grown, cancel := c.tail.Grown()
		more, err := c.step(ctx)
		if err != nil {
			cancel()
			return err
		}
		if !more { // the range reaches beyond the log
			select {
			case <-ctx.Done():
			case <-grown:
			case <-time.After(longPoll):
			}
		}
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return c.retry(ctx)
}
