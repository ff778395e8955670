package pg

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// outage is what a program knows of a server that it cannot reach. Whoever finds it away says so; from then on one
// prober asks for it, ever more rarely, and no other connection is tried until it has answered: each try is a
// process of the server, which has its log to recover. Then all who wait go on at once.
type outage struct {
	probe func(ctx context.Context) error // a connection that is made and closed
	log   *slog.Logger
	done  context.Context // ends with the pool
	stop  context.CancelFunc

	mu    sync.Mutex
	over  chan struct{} // closes when the server has answered; nil: it does, as far as is known
	cause error
	ended time.Time     // of the outage before
	pause time.Duration // until the next try

	prober sync.WaitGroup
}

const (
	// patience is how long a call that has sent nothing yet waits: a database that is started again is
	// back within a second, and nobody notices.
	patience    = 5 * time.Second
	probeWithin = 5 * time.Second
	firstPause  = 10 * time.Millisecond
	lastPause   = time.Second
)

// watch keeps a pool from opening connections while its server is away.
func watch(config *pgxpool.Config, log *slog.Logger) *outage {
	to := config.ConnConfig.Copy()
	o := newOutage(log, func(ctx context.Context) error {
		conn, err := pgx.ConnectConfig(ctx, to)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
	config.BeforeConnect = func(context.Context, *pgx.ConnConfig) error { return o.refuse() }
	return o
}

func newOutage(log *slog.Logger, probe func(ctx context.Context) error) *outage {
	o := &outage{probe: probe, log: log}
	o.done, o.stop = context.WithCancel(context.Background())
	return o
}

// close ends the prober. Who waits finds the pool closed.
func (o *outage) close() {
	o.mu.Lock()
	o.stop()
	o.mu.Unlock()
	o.prober.Wait()
}

// away is why a connection is not even tried.
type away struct {
	over  <-chan struct{}
	cause error // of the last try
}

func (a *away) Error() string { return "the database is away: " + a.cause.Error() }
func (a *away) Unwrap() error { return a.cause }

// refuse says no while the server is known to be away.
func (o *outage) refuse() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over == nil {
		return nil
	}
	return &away{o.over, o.cause}
}

// notice begins an outage, unless there is one, and tells when it is over.
func (o *outage) notice(cause error) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.over != nil:
	case o.done.Err() != nil:
		return o.done.Done()
	default:
		if time.Since(o.ended) > lastPause { // one that goes on, with an answer in between, is not asked as if it had just begun
			o.pause = firstPause
		}
		o.over, o.cause = make(chan struct{}), cause
		o.log.Warn("the database does not answer", "error", cause)
		o.prober.Go(o.await)
	}
	return o.over
}

// await asks for the server until it answers.
func (o *outage) await() {
	began, tries := time.Now(), 0
	for o.done.Err() == nil {
		select {
		case <-o.done.Done():
			continue
		case <-time.After(o.next()):
		}
		tries++
		err := o.try()
		if !isDown(err) {
			o.log.Info("the database answers again", "away", time.Since(began).Round(time.Millisecond), "tries", tries)
			break
		}
		o.mu.Lock()
		o.cause = err
		o.mu.Unlock()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.over)
	o.over, o.ended = nil, time.Now()
}

func (o *outage) try() error {
	ctx, cancel := context.WithTimeout(o.done, probeWithin)
	defer cancel()
	return o.probe(ctx)
}

// next is the pause before the next try. Chance spreads it, so that several programs do not ask at the same moments.
func (o *outage) next() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	pause := o.pause
	o.pause = min(o.pause*3/2, lastPause)
	return pause*3/4 + rand.N(pause/2) //nolint:gosec // jitter
}

// reach calls until the server can be reached, or is Unavailable.
func (o *outage) reach(ctx context.Context, call func() error) error {
	err := call()
	if !isDown(err) || ctx.Err() != nil {
		return err
	}
	enough := time.After(patience)
	for {
		select {
		case <-ctx.Done():
			return err
		case <-enough:
			return fault.New(fault.Unavailable, "database.unavailable", "The database does not answer. Try again in a moment.").After(time.Second).Because(err)
		case <-o.overAfter(err):
		}
		if err = call(); !isDown(err) || ctx.Err() != nil {
			return err
		}
	}
}

// overAfter tells when the outage is over of which err tells: one that is known, or another.
func (o *outage) overAfter(err error) <-chan struct{} {
	if known, ok := errors.AsType[*away](err); ok {
		return known.over
	}
	return o.notice(err)
}
