package eventlog

import (
	"context"
	"errors"
	"sync"
	"time"
)

// lookAgain is the longest that a consumer sleeps: the fallback for hints about deliveries.
const lookAgain = 30 * time.Second

// Run runs every consumer while this process holds its lease, until ctx ends; also
// when there are none.
func (c *Consumers) Run(ctx context.Context) error {
	var all sync.WaitGroup
	errs := make([]error, len(c.names))
	for i, name := range c.names {
		all.Go(func() {
			errs[i] = c.leases.Hold(ctx, "consumer/"+name, func(ctx context.Context, epoch int64) error {
				cursor := &cursor{Consumers: c, consumer: c.byName[name], name: name, epoch: epoch}
				return cursor.run(ctx)
			})
		})
	}
	<-ctx.Done()
	all.Wait()
	return errors.Join(errs...)
}

// run works until ctx ends or a later holder has taken over. Whatever else goes
// wrong is logged and tried again, from the stored place.
func (c *cursor) run(ctx context.Context) error {
	claimed := false
	for {
		grown, cancelGrown := c.tail.Grown()
		retried, cancelRetried := c.hints.deliveries.Wait(struct{}{})
		more, err := c.work(ctx, &claimed)
		pause := time.Until(c.due)
		switch {
		case err == nil && more:
			pause = 0
		case err != nil && ctx.Err() == nil && !errors.Is(err, ErrStale):
			c.log.Warn("consumer stumbled", "consumer", c.name, "error", err)
			claimed, grown, retried, pause = false, nil, nil, mend
		}
		if ctx.Err() == nil && !errors.Is(err, ErrStale) && pause > 0 {
			select {
			case <-ctx.Done():
			case <-grown:
			case <-retried:
			case <-time.After(pause):
			}
		}
		select {
		case <-retried: // also when something else has come first, or there was no pause
			c.due = time.Now()
		default:
		}
		cancelGrown()
		cancelRetried()
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, ErrStale) {
			return err
		}
	}
}

// work does what there is to do now, and tells whether there may be more.
func (c *cursor) work(ctx context.Context, claimed *bool) (more bool, err error) {
	if !*claimed {
		if err := c.claim(ctx); err != nil {
			return false, err
		}
		*claimed = true
	}
	if more, err = c.step(ctx); err != nil {
		return false, err
	}
	if !time.Now().Before(c.due) {
		err = c.retry(ctx)
	}
	return more, err
}
