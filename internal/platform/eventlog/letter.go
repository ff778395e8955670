package eventlog

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// DeadLetter is a delivery with what it is a delivery of.
type DeadLetter struct {
	Delivery
	Type           string    `db:"type"`
	AggregateKind  string    `db:"aggregate_kind"`
	OrganizationID ident.ID  `db:"organization_id"`
	ProjectID      ident.ID  `db:"project_id"`
	CorrelationID  string    `db:"correlation_id"`
	FailedAt       time.Time `db:"created_at"` // first
	ChangedAt      time.Time `db:"updated_at"`
}

// LetterFilter chooses deliveries. Every field that is set narrows it.
type LetterFilter struct {
	Consumer string
	Statuses []Status
	Types    []string
	Subject  string // a kind of aggregate
	Reason   string // a part of it, in either case
	Events   []ident.ID
	Before   time.Time // first failed before
}

func (f LetterFilter) where(args []any) (string, []any) {
	c := pg.Conditions{Args: args}
	if f.Consumer != "" {
		c.And(`d.consumer = $%d`, f.Consumer)
	}
	if len(f.Statuses) > 0 {
		c.And(`d.status = ANY($%d)`, f.Statuses)
	}
	if len(f.Types) > 0 {
		c.And(`e.type = ANY($%d)`, f.Types)
	}
	if f.Subject != "" {
		c.And(`e.aggregate_kind = $%d`, f.Subject)
	}
	if f.Reason != "" {
		c.And(`strpos(lower(d.reason), lower($%d)) > 0`, f.Reason)
	}
	if len(f.Events) > 0 {
		c.And(`d.event_id = ANY($%d)`, f.Events)
	}
	if !f.Before.IsZero() {
		c.And(`d.created_at < $%d`, f.Before)
	}
	return c.String(), c.Args
}

const (
	listLetters = `
SELECT d.consumer, d.event_id, d.position, d.aggregate_id, d.status, d.attempts, d.next_at, d.reason,
	e.type, e.aggregate_kind, e.organization_id, e.project_id, e.correlation_id, d.created_at, d.updated_at
FROM delivery d JOIN event e ON e.id = d.event_id
WHERE (d.position, d.consumer) > ($1, $2)%s ORDER BY d.position, d.consumer LIMIT $3`
	countLetters = `
SELECT d.consumer, d.status, e.type, count(*) AS events, min(d.created_at) AS oldest
FROM delivery d JOIN event e ON e.id = d.event_id WHERE true%s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
	// The consumers are locked first, as they do themselves: none may set an event to
	// wait behind a delivery that is being taken away.
	lockConsumers = `SELECT name, id, version FROM consumer WHERE $1 = '' OR name = $1 ORDER BY name FOR UPDATE`
	chosenLetters = `
SELECT d.consumer, d.event_id FROM delivery d JOIN event e ON e.id = d.event_id
WHERE d.status IN ('dead', 'retrying')%s ORDER BY d.position, d.consumer LIMIT $1`
	retryLetters = `
WITH chosen AS (` + chosenLetters + `)
UPDATE delivery d SET status = 'retrying', attempts = 0, next_at = coalesce($2, now()), updated_at = now()
FROM chosen c WHERE d.consumer = c.consumer AND d.event_id = c.event_id RETURNING d.consumer, d.aggregate_id`
	discardLetters = `
WITH chosen AS (` + chosenLetters + `)
UPDATE delivery d SET status = 'discarded', updated_at = now()
FROM chosen c WHERE d.consumer = c.consumer AND d.event_id = c.event_id RETURNING d.consumer, d.aggregate_id`
	countUpConsumers = `UPDATE consumer SET version = version + 1 WHERE name = ANY($1)`
)

// DeadLetters lists the chosen deliveries in log order, after a position and consumer.
func DeadLetters(ctx context.Context, q pg.Querier, f LetterFilter, after int64, consumer string, limit int) ([]DeadLetter, error) {
	where, args := f.where([]any{after, consumer, limit})
	all, err := pg.All[DeadLetter](ctx, q, fmt.Sprintf(listLetters, where), args...)
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return all, nil
}

// LetterCount is how many deliveries of a type a consumer has in one status.
type LetterCount struct {
	Consumer string    `db:"consumer"`
	Status   Status    `db:"status"`
	Type     string    `db:"type"`
	Events   int64     `db:"events"`
	Oldest   time.Time `db:"oldest"`
}

// CountDeadLetters counts the chosen deliveries.
func CountDeadLetters(ctx context.Context, q pg.Querier, f LetterFilter) ([]LetterCount, error) {
	where, args := f.where(nil)
	all, err := pg.All[LetterCount](ctx, q, fmt.Sprintf(countLetters, where), args...)
	if err != nil {
		return nil, fmt.Errorf("count dead letters: %w", err)
	}
	return all, nil
}

// Settled is what a decision did to one consumer's deliveries.
type Settled struct {
	Consumer string
	ID       ident.ID // the consumer's
	Version  int64    // that the decision gave it
	Events   int
}

// Retry makes chosen deliveries due, at once or at a time, with all their attempts
// before them: at most so many, the oldest first.
func (c *Consumers) Retry(ctx context.Context, tx *pg.Tx, f LetterFilter, at *time.Time, most int) ([]Settled, error) {
	where, args := f.where([]any{most, at})
	settled, _, err := c.settle(ctx, tx, f, fmt.Sprintf(retryLetters, where), args)
	return settled, err
}

// Discard goes on without chosen events: what waits behind them gets its turn.
func (c *Consumers) Discard(ctx context.Context, tx *pg.Tx, f LetterFilter, most int) ([]Settled, error) {
	where, args := f.where([]any{most})
	settled, gone, err := c.settle(ctx, tx, f, fmt.Sprintf(discardLetters, where), args)
	if err != nil || len(gone) == 0 {
		return settled, err
	}
	consumers, aggregates := make([]string, len(gone)), make([]ident.ID, len(gone))
	for i, d := range gone {
		consumers[i], aggregates[i] = d.Consumer, d.AggregateID
	}
	if _, err := tx.Exec(ctx, promote, consumers, aggregates); err != nil {
		return nil, fmt.Errorf("promote the next deliveries: %w", err)
	}
	return settled, nil
}

// letter is a delivery that a decision was made on.
type letter struct {
	Consumer    string   `db:"consumer"`
	AggregateID ident.ID `db:"aggregate_id"`
}

func (c *Consumers) settle(ctx context.Context, tx *pg.Tx, f LetterFilter, sql string, args []any) ([]Settled, []letter, error) {
	consumers, err := pg.All[struct {
		Name    string   `db:"name"`
		ID      ident.ID `db:"id"`
		Version int64    `db:"version"`
	}](ctx, tx, lockConsumers, f.Consumer)
	if err != nil {
		return nil, nil, fmt.Errorf("lock consumers: %w", err)
	}
	letters, err := pg.All[letter](ctx, tx, sql, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("settle dead letters: %w", err)
	}
	number := map[string]int{}
	for _, l := range letters {
		number[l.Consumer]++
	}
	var settled []Settled
	var names []string
	for _, one := range consumers {
		if n := number[one.Name]; n > 0 {
			settled = append(settled, Settled{one.Name, one.ID, one.Version + 1, n})
			names = append(names, one.Name)
		}
	}
	if len(names) > 0 {
		tx.Defer(countUpConsumers, names)
		tx.AfterCommit(c.hints.retried)
	}
	return settled, letters, nil
}

// ForgetDeliveries deletes what was retried or discarded before a time.
func ForgetDeliveries(ctx context.Context, db *pg.DB, before time.Time) error {
	if _, err := db.Exec(ctx, `DELETE FROM delivery WHERE status IN ('retried', 'discarded') AND updated_at < $1`, before); err != nil {
		return fmt.Errorf("forget settled deliveries: %w", err)
	}
	return nil
}
