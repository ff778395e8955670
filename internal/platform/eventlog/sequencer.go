package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Sequencer moves committed outbox rows to the log and gives them positions.
//
// Why an aggregate keeps its order. A command draws its outbox number while it
// holds its aggregate's lock, and lets go of the lock only after its commit has
// become visible. So of two events of one aggregate the later has the higher
// number, and whoever sees the later one's row sees the earlier one's, or a log
// that has it already. One statement, one snapshot, everything that it sees, lowest
// numbers first: the earlier never gets the higher position. A lower number of
// *another* aggregate may become visible late; it gets a later position, which is
// the truth: it was committed later. For the same reason whatever began after a
// commit draws a higher number than that commit did, is never visible without it,
// and so comes after it.
//
// Why positions have no gaps. The counter is a row, not a sequence: it moves in
// the transaction that fills the positions, or not at all.
//
// Why two sequencers do no harm. Each transaction first locks the counter's row
// in its own epoch, and reads the outbox in a later statement, whose snapshot
// is younger than the lock. Who lost the lease finds a higher epoch and stops.
type Sequencer struct {
	db    *pg.DB
	hints *Hints
	log   *slog.Logger
}

// NewSequencer makes a sequencer. Only one term should run at a time, which a lease sees to.
func NewSequencer(db *pg.DB, hints *Hints, log *slog.Logger) *Sequencer {
	return &Sequencer{db: db, hints: hints, log: log}
}

// ErrStale says that a newer holder has taken over; what was attempted changed nothing.
var ErrStale = errors.New("a newer holder has taken over")

const (
	// After a move the sequencer rests this many times as long as the move took, so
	// that a busy log moves in batches and the commits of commands have the disk for
	// most of the time. The first event after a silence does not wait.
	rests    = 4
	restsMax = 5 * time.Millisecond
	mend     = time.Second // after an error

	claimSequencer = `UPDATE sequencer SET epoch = $1 WHERE epoch <= $1`
	lockSequencer  = `SELECT position FROM sequencer WHERE epoch = $1 FOR UPDATE`
	anyOutbox      = `SELECT EXISTS (SELECT FROM outbox)`
	moveOutbox     = `
WITH moved AS (
	DELETE FROM outbox WHERE EXISTS (SELECT FROM sequencer WHERE epoch = $1)
	RETURNING seq, event_id, organization_id, project_id
), logged AS (
	INSERT INTO event_log (position, event_id, organization_id, project_id)
	SELECT (SELECT position FROM sequencer) + row_number() OVER (ORDER BY seq), event_id, organization_id, project_id FROM moved
	RETURNING position
)
UPDATE sequencer SET position = position + l.n FROM (SELECT count(*) AS n FROM logged) l WHERE l.n > 0
RETURNING l.n, position`
	readHead = `SELECT position FROM sequencer`
)

// Head is the last position that was given out.
func Head(ctx context.Context, q pg.Querier) (int64, error) {
	return pg.One[int64](ctx, q, readHead)
}

// Lead works as the sequencer of an epoch until ctx ends (nil) or a higher epoch
// has taken over (ErrStale). Other errors are logged and tried again.
func (s *Sequencer) Lead(ctx context.Context, epoch int64) error {
	if claimed, err := s.db.Exec(ctx, claimSequencer, epoch); err != nil {
		return fmt.Errorf("claim the sequencer: %w", err)
	} else if claimed.RowsAffected() == 0 {
		return ErrStale
	}
	idle, hinted := newIdle(), false
	for {
		committed, cancel := s.hints.outbox.Wait(struct{}{})
		var moved int
		var err error
		began := time.Now()
		if !hinted {
			hinted, err = s.wanted(ctx)
		}
		if hinted && err == nil {
			moved, err = s.move(ctx, epoch)
		}
		hinted = false
		var pause <-chan time.Time
		switch {
		case ctx.Err() != nil:
			cancel()
			return nil
		case errors.Is(err, ErrStale):
			cancel()
			return err
		case err != nil:
			s.log.Warn("cannot sequence events", "error", err)
			committed, pause = nil, time.After(mend)
		case moved > 0:
			idle.reset()
			rest(ctx, min(rests*time.Since(began), restsMax))
			pause = time.After(idle.next()) // whatever was committed meanwhile has closed committed
		default:
			pause = time.After(idle.next())
		}
		select {
		case <-ctx.Done():
		case <-committed:
			hinted = true
		case <-pause:
		}
		cancel()
	}
}

func rest(ctx context.Context, long time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(long):
	}
}

// move gives positions to everything that was committed, and reports how much that
// was. It is one round trip, and so one transaction without a BEGIN; each statement
// has a snapshot of its own. The second must find out by itself that the first did
// not get the lock.
func (s *Sequencer) move(ctx context.Context, epoch int64) (moved int, err error) {
	crash.Point("sequencer.before_commit")
	var batch pgx.Batch
	batch.Queue(lockSequencer, epoch)
	batch.Queue(moveOutbox, epoch)
	answers := s.db.Primary().SendBatch(ctx, &batch)
	var position int64
	locked := answers.QueryRow().Scan(&position)
	if locked == nil {
		err = answers.QueryRow().Scan(&moved, &position)
	}
	closed := answers.Close() // the commit
	switch {
	case errors.Is(locked, pgx.ErrNoRows):
		return 0, ErrStale
	case locked != nil:
		return 0, locked
	case errors.Is(err, pgx.ErrNoRows):
		return 0, closed
	case err != nil || closed != nil:
		return 0, errors.Join(err, closed)
	}
	crash.Point("sequencer.not_hinted")
	s.hints.sequenced()
	return moved, nil
}

// wanted tells whether there is anything to move. Most looks without a hint find
// nothing; they should not cost a transaction that locks a row.
func (s *Sequencer) wanted(ctx context.Context) (bool, error) {
	return pg.One[bool](ctx, s.db, anyOutbox)
}
