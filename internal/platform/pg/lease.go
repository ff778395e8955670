package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// Leases elects one holder of a name among all processes. Lease time is the
// database's clock, so that processes need not agree on theirs; the epoch counts
// up with each new holder, and what a holder writes carries it, so that one that
// does not know yet that it lost the lease changes nothing.
type Leases struct {
	db     *DB
	holder string
	ttl    time.Duration
	log    *slog.Logger
}

// DefaultLease is how long a holder may be silent before another takes over.
const DefaultLease = 10 * time.Second

// NewLeases makes leases for one process, whose name must be its own. A zero ttl is DefaultLease.
func NewLeases(db *DB, holder string, ttl time.Duration, log *slog.Logger) *Leases {
	if ttl == 0 {
		ttl = DefaultLease
	}
	return &Leases{db: db, holder: holder, ttl: ttl, log: log}
}

const (
	takeLease = `
INSERT INTO lease (name, holder, epoch, until) VALUES ($1, $2, 1, now() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = lease.epoch + 1, until = excluded.until
WHERE lease.until < now()
RETURNING epoch`
	keepLease   = `UPDATE lease SET until = now() + make_interval(secs => $4) WHERE name = $1 AND holder = $2 AND epoch = $3 AND until > now()`
	giveUpLease = `UPDATE lease SET until = now() - interval '1 second' WHERE name = $1 AND holder = $2 AND epoch = $3`
)

// Hold calls work each time this process becomes the holder, with an epoch above
// every earlier one. work's context ends when the lease is lost or ctx ends. Hold
// returns when ctx has ended and work has returned; if work returns before that,
// the lease is given up and taken again.
func (l *Leases) Hold(ctx context.Context, name string, work func(ctx context.Context, epoch int64) error) error {
	for ctx.Err() == nil {
		asked := time.Now()
		epoch, err := l.take(ctx, name)
		if err == nil {
			err = l.hold(ctx, name, epoch, asked, work)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, errHeld) {
			l.log.WarnContext(ctx, "lease", "name", name, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(l.ttl / 4):
		}
	}
	return nil
}

var (
	errHeld = errors.New("somebody else holds the lease")
	errLost = errors.New("the lease was lost")
)

func (l *Leases) take(ctx context.Context, name string) (int64, error) {
	epoch, err := One[int64](ctx, l.db, takeLease, name, l.holder, l.ttl.Seconds())
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errHeld
	}
	if err != nil {
		return 0, fmt.Errorf("take lease %s: %w", name, err)
	}
	return epoch, nil
}

// hold has work done until it ends or the lease is lost. Until then is counted from when it was last asked for, not from the
// answer, and ends a sixth early: so whoever cannot reach the database has stopped before the database gives it to another.
func (l *Leases) hold(ctx context.Context, name string, epoch int64, asked time.Time, work func(ctx context.Context, epoch int64) error) error {
	working, stop := context.WithCancelCause(ctx)
	own := l.ttl * 5 / 6
	lapse := time.AfterFunc(time.Until(asked.Add(own)), func() { stop(errLost) })
	defer lapse.Stop()
	done := make(chan error, 1)
	go func() { done <- work(working, epoch) }()
	renew := time.NewTicker(l.ttl / 3)
	defer renew.Stop()
	for {
		select {
		case err := <-done:
			stop(nil)
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ttl/3)
			_, _ = l.db.Exec(within, giveUpLease, name, l.holder, epoch)
			cancel()
			if errors.Is(context.Cause(working), errLost) {
				err = errors.Join(errLost, err)
			}
			return err
		case <-renew.C:
			asked := time.Now()
			within, cancel := context.WithTimeout(working, l.ttl/3)
			tag, err := l.db.Exec(within, keepLease, name, l.holder, epoch, l.ttl.Seconds())
			cancel()
			switch {
			case err == nil && tag.RowsAffected() == 1:
				lapse.Reset(time.Until(asked.Add(own)))
			case err == nil: // another holds it
				stop(errLost)
			}
		}
	}
}

// Inherit ends the leases of a holder that is known to be dead, so that nobody
// waits for them to run out: a process that was killed, by its successor on the
// same data folder, which only one process can have.
func (l *Leases) Inherit(ctx context.Context, dead string) error {
	_, err := l.db.Exec(ctx, `UPDATE lease SET until = now() - interval '1 second' WHERE holder = $1 AND until > now()`, dead)
	if err != nil {
		return fmt.Errorf("end the leases of %s: %w", dead, err)
	}
	return nil
}
