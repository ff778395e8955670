package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	lockConsumerRow = `SELECT FROM consumer WHERE name = $1 FOR UPDATE`
	retryDelivery   = `
UPDATE delivery SET status = 'retrying', attempts = 0, next_at = now(), updated_at = now()
WHERE consumer = $1 AND event_id = $2 AND status IN ('dead', 'retrying')`
	discardDelivery = `
UPDATE delivery SET status = 'discarded', updated_at = now()
WHERE consumer = $1 AND event_id = $2 AND status IN ('dead', 'retrying') RETURNING aggregate_id`
	listDeliveries = `
SELECT consumer, event_id, position, aggregate_id, status, attempts, next_at, reason FROM delivery
WHERE ($1 = '' OR consumer = $1) AND ($2 = '' OR status = $2) AND position > $3 ORDER BY position, consumer LIMIT $4`
)

func errNoDelivery() error {
	return fault.New(fault.NotFound, "eventlog.no_delivery", "There is no failed delivery of this event to this consumer.")
}

// Retry makes a failed delivery due at once, with all its attempts before it.
func (c *Consumers) Retry(ctx context.Context, tx *pg.Tx, consumer string, event ident.ID) error {
	if err := lockRow(ctx, tx, consumer); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, retryDelivery, consumer, event)
	if err != nil {
		return fmt.Errorf("retry delivery: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errNoDelivery()
	}
	tx.AfterCommit(c.hints.retried)
	return nil
}

// Discard goes on without an event: what waits behind it gets its turn.
func (c *Consumers) Discard(ctx context.Context, tx *pg.Tx, consumer string, event ident.ID) error {
	if err := lockRow(ctx, tx, consumer); err != nil {
		return err
	}
	aggregate, err := pg.One[ident.ID](ctx, tx, discardDelivery, consumer, event)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoDelivery()
	}
	if err != nil {
		return fmt.Errorf("discard delivery: %w", err)
	}
	if _, err := tx.Exec(ctx, promote, consumer, aggregate); err != nil {
		return fmt.Errorf("promote the next delivery: %w", err)
	}
	tx.AfterCommit(c.hints.retried)
	return nil
}

// lockRow keeps the consumer itself away: it must not set an event to wait behind
// a delivery that is being taken away.
func lockRow(ctx context.Context, tx *pg.Tx, consumer string) error {
	tag, err := tx.Exec(ctx, lockConsumerRow, consumer)
	if err != nil {
		return fmt.Errorf("lock consumer: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errNoDelivery()
	}
	return nil
}

// Deliveries lists what consumers could not handle, in log order: of one consumer
// and in one status, or of any when these are empty.
func Deliveries(ctx context.Context, q pg.Querier, consumer string, status Status, after int64, limit int) ([]Delivery, error) {
	all, err := pg.All[Delivery](ctx, q, listDeliveries, consumer, string(status), after, limit)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return all, nil
}

// ForgetDeliveries deletes what was discarded before a time.
func ForgetDeliveries(ctx context.Context, db *pg.DB, before time.Time) error {
	if _, err := db.Exec(ctx, `DELETE FROM delivery WHERE status = 'discarded' AND updated_at < $1`, before); err != nil {
		return fmt.Errorf("forget discarded deliveries: %w", err)
	}
	return nil
}
