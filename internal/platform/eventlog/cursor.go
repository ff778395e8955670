package eventlog

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// cursor is one consumer's place in the log during one term of its lease.
type cursor struct {
	*Consumers
	consumer Consumer
	name     string
	epoch    int64

	position int64 // as stored
	looked   int64 // nothing between position and here concerns the consumer
	stored   time.Time
	due      time.Time // when to look for deliveries
}

// errMoved says that the stored place is not what we remember: a commit whose
// answer was lost.
var errMoved = errors.New("the consumer's place has changed")

const (
	consumeBatch = 100
	handleWithin = time.Minute // one transaction, with all that it handles
	// storeEvery is how long a cursor may lag behind what was looked at without
	// finding anything: moving it costs a commit.
	storeEvery = 5 * time.Second
	storeAfter = 5000 // positions

	claimConsumer = `
INSERT INTO consumer (name, epoch) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch WHERE consumer.epoch <= excluded.epoch
RETURNING position`
	lockConsumer = `SELECT position FROM consumer WHERE name = $1 AND epoch = $2 FOR UPDATE`
	moveConsumer = `UPDATE consumer SET position = $3, updated_at = now() WHERE name = $1 AND epoch = $2`
	readBlocked  = `SELECT DISTINCT aggregate_id FROM delivery WHERE consumer = $1 AND status NOT IN ('retried', 'discarded') AND aggregate_id = ANY($2)`
)

// claim makes the stored place ours, so that an earlier holder can no longer move it.
func (c *cursor) claim(ctx context.Context) error {
	position, err := pg.One[int64](ctx, c.db, claimConsumer, c.name, c.epoch)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrStale
	}
	if err != nil {
		return fmt.Errorf("claim consumer %s: %w", c.name, err)
	}
	c.position, c.looked, c.stored, c.due = position, position, time.Now(), time.Now()
	return nil
}

// step handles the next batch and tells whether there may be more.
func (c *cursor) step(ctx context.Context) (more bool, err error) {
	entries, through, err := c.tail.After(ctx, c.looked, consumeBatch, Filter{Types: c.consumer.Types})
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		more = through > c.looked
		c.looked = through
		return more, c.keepUp(ctx)
	}
	err = c.handle(ctx, entries, through)
	if err == nil || !isFailure(err) {
		return err == nil, err
	}
	// One of them failed and took the others' changes with it: find out which.
	for i, e := range entries {
		upTo := e.Position
		if i == len(entries)-1 {
			upTo = through
		}
		err := c.handle(ctx, entries[i:i+1], upTo)
		if err != nil && isFailure(err) {
			err = c.setAside(ctx, e.Event, err)
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// handle applies events and moves the cursor in one transaction.
func (c *cursor) handle(ctx context.Context, entries []*Entry, through int64) error {
	aggregates := make([]ident.ID, len(entries))
	for i, e := range entries {
		aggregates[i] = e.AggregateID
	}
	err := c.inTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		blocked, err := c.lock(ctx, tx, aggregates)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if blocked[e.AggregateID] {
				tx.Defer(insertDelivery, c.name, e.ID, e.Position, e.AggregateID, Waiting, 0, 0.0, "")
				continue
			}
			if err := call(ctx, c.consumer.Handler, tx, e.Event); err != nil {
				return err
			}
			crash.Point("consumer.mid_handler")
		}
		tx.Defer(moveConsumer, c.name, c.epoch, through)
		return nil
	})
	if err != nil {
		return err
	}
	crash.Point("consumer.committed")
	c.position, c.looked, c.stored = through, through, time.Now()
	c.Metric.handled(c.consumer.Name, len(entries))
	return nil
}

// keepUp stores how far was looked, now and then.
func (c *cursor) keepUp(ctx context.Context) error {
	if behind := c.looked - c.position; behind == 0 || behind < storeAfter && time.Since(c.stored) < storeEvery {
		return nil
	}
	tag, err := c.db.Exec(ctx, moveConsumer, c.name, c.epoch, c.looked)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrStale
	}
	if err == nil {
		c.position, c.stored = c.looked, time.Now()
	}
	return err
}

// inTx runs a transaction within the time that handlers have, and again when the
// database asks for it.
func (c *cursor) inTx(ctx context.Context, f func(ctx context.Context, tx *pg.Tx) error) error {
	within, cancel := context.WithTimeout(ctx, handleWithin)
	defer cancel()
	var err error
	for range 3 {
		if err = c.db.InTx(within, f); err == nil || !pg.IsRetryable(err) {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err() // whatever else it says
	}
	return err
}

// lock proves that the cursor is still ours and keeps everybody else away from
// the consumer's deliveries until the commit. Which aggregates are blocked is
// read afterwards, by a snapshot that is younger than the lock.
func (c *cursor) lock(ctx context.Context, tx *pg.Tx, aggregates []ident.ID) (blocked map[ident.ID]bool, err error) {
	var batch pgx.Batch
	batch.Queue(lockConsumer, c.name, c.epoch)
	batch.Queue(readBlocked, c.name, aggregates)
	answers := tx.SendBatch(ctx, &batch)
	defer func() { _ = answers.Close() }()
	var position int64
	err = answers.QueryRow().Scan(&position)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrStale
	case err != nil:
		return nil, err
	case position != c.position:
		return nil, errMoved
	}
	rows, err := answers.Query()
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ident.ID])
	if err != nil {
		return nil, err
	}
	blocked = map[ident.ID]bool{}
	for _, id := range ids {
		blocked[id] = true
	}
	return blocked, answers.Close()
}

// handlerError is a handler's own failure.
type handlerError struct{ err error }

func (e *handlerError) Error() string { return e.err.Error() }
func (e *handlerError) Unwrap() error { return e.err }

func call(ctx context.Context, handle Handler, tx *pg.Tx, e Event) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &handlerError{fmt.Errorf("panic: %v\n%s", v, debug.Stack())}
		}
	}()
	if err := handle(ctx, tx, e); err != nil {
		return &handlerError{err}
	}
	return nil
}

// isFailure tells a handler's failure, whose event is set aside, from trouble
// around it, after which everything is tried again. A deferred statement fails
// only at the commit; what the database then says about rows is the handler's too.
func isFailure(err error) bool {
	_, handlers := errors.AsType[*handlerError](err)
	if errors.Is(err, ErrStale) || errors.Is(err, context.Canceled) && !handlers {
		return false
	}
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch p.Code[:2] {
		case "08", "53", "57", "58": // connection, resources, operator, system
			return false
		}
		return true
	}
	return handlers || errors.Is(err, pg.ErrAborted) || errors.Is(err, context.DeadlineExceeded)
}
