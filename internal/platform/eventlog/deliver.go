package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	insertDelivery = `
INSERT INTO delivery (consumer, event_id, position, aggregate_id, status, attempts, next_at, reason)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8)`
	dueDeliveries = `
SELECT consumer, event_id, position, aggregate_id, status, attempts, next_at, reason FROM delivery
WHERE consumer = $1 AND status = 'retrying' AND next_at <= now() ORDER BY next_at, position LIMIT 50`
	nextDue      = `SELECT least($2, extract(epoch FROM min(next_at) - now()))::float8 FROM delivery WHERE consumer = $1 AND status = 'retrying'`
	lockDelivery = `SELECT attempts FROM delivery WHERE consumer = $1 AND event_id = $2 AND status = 'retrying' FOR UPDATE`
	// What never failed itself and only waited leaves no trace.
	settleDelivery = `
WITH kept AS (
	UPDATE delivery SET status = 'retried', attempts = attempts + 1, updated_at = now() WHERE consumer = $1 AND event_id = $2 AND reason <> '')
DELETE FROM delivery WHERE consumer = $1 AND event_id = $2 AND reason = ''`
	failDelivery = `
UPDATE delivery SET status = $3, attempts = $4, next_at = now() + make_interval(secs => $5), reason = $6, updated_at = now()
WHERE consumer = $1 AND event_id = $2`
	// The first that waits behind an aggregate's finished delivery is next in turn.
	promote = `
UPDATE delivery SET status = 'retrying', next_at = now(), updated_at = now()
WHERE consumer = $1 AND event_id = (
	SELECT event_id FROM delivery WHERE consumer = $1 AND aggregate_id = $2 AND status = 'waiting' ORDER BY position LIMIT 1)`
)

const maxReason = 2000 // characters

// setAside makes a delivery of an event that failed and moves on.
func (c *cursor) setAside(ctx context.Context, e Event, cause error) error {
	c.log.Warn("event failed", "consumer", c.name, "event", e.ID, "type", e.Type, "aggregate", e.AggregateID, "error", cause)
	var status Status
	err := c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if _, err := c.lock(ctx, tx, nil); err != nil {
			return err
		}
		retry, err := retryOf(ctx, tx, c.consumer, e.AggregateKind)
		if err != nil {
			return err
		}
		var pause time.Duration
		status, pause = retry.verdict(1, time.Now())
		tx.Defer(insertDelivery, c.name, e.ID, e.Position, e.AggregateID, status, 1, pause.Seconds(), plain.Text(cause.Error(), maxReason))
		tx.Defer(moveConsumer, c.name, c.epoch, e.Position)
		return nil
	})
	if err != nil {
		return fmt.Errorf("set event %s aside: %w", e.ID, err)
	}
	c.position, c.looked, c.stored = e.Position, e.Position, time.Now()
	c.due = time.Now()
	c.Metric.failed(c.consumer.Name, status == Dead)
	return nil
}

// retry tries the deliveries that are due, and notes when the next one is.
func (c *cursor) retry(ctx context.Context) error {
	for {
		due, err := pg.All[Delivery](ctx, c.db, dueDeliveries, c.name)
		if err != nil {
			return fmt.Errorf("read due deliveries: %w", err)
		}
		for _, d := range due {
			if err := c.redeliver(ctx, d); err != nil {
				return err
			}
		}
		if len(due) == 0 {
			break
		}
	}
	seconds, err := pg.One[float64](ctx, c.db, nextDue, c.name, lookAgain.Seconds())
	if err != nil {
		return fmt.Errorf("read the next due delivery: %w", err)
	}
	c.due = time.Now().Add(time.Duration(seconds * float64(time.Second)))
	return nil
}

// redeliver tries one delivery again. When it works, the next in turn of its aggregate becomes due.
func (c *cursor) redeliver(ctx context.Context, d Delivery) error {
	event, err := pg.One[Event](ctx, c.db, readOne, d.Position)
	if err != nil {
		return fmt.Errorf("read event %s: %w", d.EventID, err)
	}
	var attempts int
	err = c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if attempts, err = c.lockDelivery(ctx, tx, d); err != nil {
			return err
		}
		if err := call(ctx, c.consumer.Handler, tx, event); err != nil {
			return err
		}
		tx.Defer(settleDelivery, c.name, d.EventID)
		tx.Defer(promote, c.name, d.AggregateID)
		return nil
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows) && !isFailure(err):
		return nil // somebody discarded it meanwhile
	case err == nil:
		c.Metric.handled(c.consumer.Name, 1)
		return nil
	case !isFailure(err):
		return err
	}
	attempts++
	cause := err
	var status Status
	err = c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if _, err := c.lockDelivery(ctx, tx, d); err != nil {
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		}
		retry, err := retryOf(ctx, tx, c.consumer, event.AggregateKind)
		if err != nil {
			return err
		}
		var pause time.Duration
		status, pause = retry.verdict(attempts, time.Now())
		tx.Defer(failDelivery, c.name, d.EventID, status, attempts, pause.Seconds(), plain.Text(cause.Error(), maxReason))
		return nil
	})
	if err == nil {
		c.log.Warn("event failed again", "consumer", c.name, "event", d.EventID, "type", event.Type, "attempts", attempts, "status", status, "error", cause)
		c.Metric.failed(c.consumer.Name, status == Dead)
	}
	return err
}

// lockDelivery locks the consumer and then a delivery that is still to be retried;
// the row may be gone (pgx.ErrNoRows).
func (c *cursor) lockDelivery(ctx context.Context, tx *pg.Tx, d Delivery) (attempts int, err error) {
	if _, err := c.lock(ctx, tx, nil); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, lockDelivery, c.name, d.EventID).Scan(&attempts)
	return attempts, err
}
