// Package courier carries what is due to somebody outside: parcels that are claimed
// for a while, tried outside of any transaction, and settled. Whoever dies in between
// loses the claim, and another one tries.
package courier

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	// AtOnce is how many parcels of one process are under way.
	AtOnce = 16
	// Abreast is how many of those may be for one receiver: a slow one holds nobody else up.
	Abreast = 4
	// Lease is how long a courier may be silent before another one tries: more than a try may take.
	Lease = 2 * time.Minute

	lookEvery = 5 * time.Second // without being woken
	lookAfter = 100 * time.Millisecond
	maxReason = 500 // characters
)

// Work is what is carried: parcels P, each try of which leaves a receipt R.
type Work[P, R any] struct {
	// Before is done each time before anything is claimed, which its failure does not hold up; nil: nothing is.
	Before func(ctx context.Context) error
	// Claim takes parcels that are due, at most limit, until the lease ends.
	Claim func(ctx context.Context, limit int, now, lease time.Time) ([]P, error)
	// NextDue is when the next one is due; nil: none will be.
	NextDue func(ctx context.Context) (*time.Time, error)
	// Send tries one. It holds no transaction.
	Send func(ctx context.Context, p P, at time.Time) (R, error)
	// Settle records what became of a try. Its context outlives the courier's end: what was sent is recorded.
	Settle func(ctx context.Context, p P, t Try[R]) error

	Clock func() time.Time
	Log   *slog.Logger
	Name  string // what is carried, for the log: "callbacks"
}

// Try is one attempt to deliver.
type Try[R any] struct {
	At      time.Time
	Took    time.Duration
	Receipt R
	Failure string  // empty: it arrived
	Random  float64 // below 1, for Schedule.Next
}

// Courier delivers one kind of work. Any number of processes may.
type Courier[P, R any] struct {
	work Work[P, R]
	due  lifecycle.Bell // something may be
}

// New makes a courier.
func New[P, R any](w Work[P, R]) *Courier[P, R] {
	return &Courier[P, R]{work: w, due: lifecycle.NewBell()}
}

// Wake says that something may be due.
func (c *Courier[P, R]) Wake() { c.due.Ring() }

// Run delivers what is due until ctx ends, and returns when nothing is under way.
func (c *Courier[P, R]) Run(ctx context.Context) {
	free := make(chan struct{}, AtOnce)
	var under sync.WaitGroup
	defer under.Wait()
	for ctx.Err() == nil {
		if err := c.before(ctx); err != nil && ctx.Err() == nil {
			c.work.Log.WarnContext(ctx, "cannot prepare what is carried", "what", c.work.Name, "error", err)
		}
		claimed, err := c.take(ctx, AtOnce-len(free))
		if err != nil && ctx.Err() == nil {
			c.work.Log.WarnContext(ctx, "cannot take what is due", "what", c.work.Name, "error", err)
		}
		for _, p := range claimed {
			free <- struct{}{}
			under.Go(func() {
				c.try(ctx, p)
				<-free
				c.Wake()
			})
		}
		select {
		case <-ctx.Done():
		case <-c.due:
		case <-time.After(c.untilNext(ctx)):
		}
	}
}

// Once delivers what is due now, and waits for it.
func (c *Courier[P, R]) Once(ctx context.Context) (tried int, err error) {
	if err := c.before(ctx); err != nil {
		return 0, err
	}
	claimed, err := c.take(ctx, AtOnce)
	var under sync.WaitGroup
	for _, p := range claimed {
		under.Go(func() { c.try(ctx, p) })
	}
	under.Wait()
	return len(claimed), err
}

func (c *Courier[P, R]) before(ctx context.Context) error {
	if c.work.Before == nil {
		return nil
	}
	return c.work.Before(ctx)
}

func (c *Courier[P, R]) take(ctx context.Context, limit int) ([]P, error) {
	if limit == 0 {
		return nil, nil
	}
	now := c.work.Clock()
	return c.work.Claim(ctx, limit, now, now.Add(Lease))
}

// untilNext is how long nothing is due, at most lookEvery.
func (c *Courier[P, R]) untilNext(ctx context.Context) time.Duration {
	next, err := c.work.NextDue(ctx)
	if err != nil || next == nil {
		return lookEvery
	}
	return min(max(next.Sub(c.work.Clock()), lookAfter), lookEvery)
}

func (c *Courier[P, R]) try(ctx context.Context, p P) {
	t := Try[R]{At: c.work.Clock(), Random: rand.Float64()} //nolint:gosec // jitter
	began := time.Now()
	receipt, err := c.work.Send(ctx, p, t.At)
	if err != nil && ctx.Err() != nil {
		return // it was broken off: the lease runs out and somebody tries again
	}
	t.Took, t.Receipt = time.Since(began), receipt
	if err != nil {
		t.Failure = reason(err)
	}
	if err := c.work.Settle(context.WithoutCancel(ctx), p, t); err != nil {
		c.work.Log.WarnContext(ctx, "cannot settle what was tried", "what", c.work.Name, "error", err)
	}
}

// reason is what is kept of an error, never empty.
func reason(err error) string {
	return cmp.Or(plain.Text(err.Error(), maxReason), "it failed without a word")
}
