package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	insertDelivery = `
INSERT INTO delivery (consumer, event_id, position, aggregate_id, status, attempts, next_at, reason)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8)`
	// What is due, with what waits behind it: of each aggregate the next ones, in order.
	dueDeliveries = `
WITH due AS (
	SELECT aggregate_id FROM delivery WHERE consumer = $1 AND status = 'retrying' AND next_at <= now() ORDER BY next_at, position LIMIT $2)
SELECT consumer, event_id, position, aggregate_id, status, attempts, next_at, reason FROM delivery
WHERE consumer = $1 AND status IN ('retrying', 'waiting') AND aggregate_id IN (SELECT aggregate_id FROM due) ORDER BY position LIMIT $2`
	nextDue      = `SELECT least($2, extract(epoch FROM min(next_at) - now()))::float8 FROM delivery WHERE consumer = $1 AND status = 'retrying'`
	lockDelivery = `SELECT attempts FROM delivery WHERE consumer = $1 AND event_id = $2 AND status = 'retrying' FOR UPDATE`
	// What never failed itself and only waited leaves no trace.
	settleDeliveries = `
WITH kept AS (
	UPDATE delivery SET status = 'retried', attempts = attempts + 1, updated_at = now() WHERE consumer = $1 AND event_id = ANY($2) AND reason <> '')
DELETE FROM delivery WHERE consumer = $1 AND event_id = ANY($2) AND reason = ''`
	failDelivery = `
UPDATE delivery SET status = $3, attempts = $4, next_at = now() + make_interval(secs => $5), reason = $6, updated_at = now()
WHERE consumer = $1 AND event_id = $2`
	// The first that waits behind each finished delivery is next in turn.
	promote = `
UPDATE delivery SET status = 'retrying', next_at = now(), updated_at = now()
FROM (
	SELECT DISTINCT ON (w.consumer, w.aggregate_id) w.consumer, w.event_id
	FROM delivery w JOIN unnest($1::text[], $2::uuid[]) AS g (consumer, aggregate_id) USING (consumer, aggregate_id)
	WHERE w.status = 'waiting' ORDER BY w.consumer, w.aggregate_id, w.position
) n WHERE delivery.consumer = n.consumer AND delivery.event_id = n.event_id`
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
		seconds, err := pg.One[float64](ctx, c.db, nextDue, c.name, lookAgain.Seconds())
		if err != nil {
			return fmt.Errorf("read the next due delivery: %w", err)
		}
		if seconds > 0 {
			c.due = time.Now().Add(time.Duration(seconds * float64(time.Second)))
			return nil
		}
		due, err := c.redeliver(ctx)
		if len(due) == 0 || err != nil && !isFailure(err) {
			return err
		}
		if err == nil {
			continue
		}
		// One of them failed and took the others' changes with it: each by itself.
		for _, d := range due {
			if err := c.redeliverOne(ctx, d); err != nil {
				return err
			}
		}
	}
}

// redeliver handles what is due in one transaction, as it does what is new, and tells what it was.
func (c *cursor) redeliver(ctx context.Context) (due []Delivery, err error) {
	err = c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if _, err := c.lock(ctx, tx, nil); err != nil {
			return err
		}
		if due, err = pg.All[Delivery](ctx, tx, dueDeliveries, c.name, consumeBatch); err != nil {
			return fmt.Errorf("read due deliveries: %w", err)
		}
		return c.again(ctx, tx, due)
	})
	if err == nil {
		c.Metric.handled(c.consumer.Name, len(due))
	}
	return due, err
}

// again handles the events of deliveries in the order of the log, and settles them: the
// next in turn of each aggregate becomes due.
func (c *cursor) again(ctx context.Context, tx *pg.Tx, due []Delivery) error {
	positions, ids, aggregates, consumers := make([]int64, len(due)), make([]ident.ID, len(due)), make([]ident.ID, len(due)), make([]string, len(due))
	for i, d := range due {
		positions[i], ids[i], aggregates[i], consumers[i] = d.Position, d.EventID, d.AggregateID, c.name
	}
	events, err := pg.All[Event](ctx, tx, readThese, positions, ids)
	if err != nil {
		return fmt.Errorf("read events again: %w", err)
	}
	for _, e := range events {
		if err := call(ctx, c.consumer.Handler, tx, e); err != nil {
			return err
		}
	}
	tx.Defer(settleDeliveries, c.name, ids)
	tx.Defer(promote, consumers, aggregates)
	return nil
}

// redeliverOne tries one delivery again, if it is its turn.
func (c *cursor) redeliverOne(ctx context.Context, d Delivery) error {
	err := c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if _, err := c.lockDelivery(ctx, tx, d); err != nil {
			return err
		}
		return c.again(ctx, tx, []Delivery{d})
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows) && !isFailure(err):
		return nil // it waits behind one that failed, or somebody discarded it meanwhile
	case err == nil:
		c.Metric.handled(c.consumer.Name, 1)
		return nil
	case !isFailure(err):
		return err
	}
	return c.failed(ctx, d, err)
}

// failed notes that a delivery failed again, and when it is tried next.
func (c *cursor) failed(ctx context.Context, d Delivery, cause error) error {
	event, err := pg.One[Event](ctx, c.db, readThese, []int64{d.Position}, []ident.ID{d.EventID})
	if err != nil {
		return fmt.Errorf("read event %s: %w", d.EventID, err)
	}
	var attempts int
	var status Status
	err = c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if attempts, err = c.lockDelivery(ctx, tx, d); err != nil {
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		}
		attempts++
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
