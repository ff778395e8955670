package identityoidc

import (
	"context"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
)

// cached is something that is fetched from an issuer and used for a while. However
// many want it, it is fetched once at a time, and seldom when that fails.
type cached[T any] struct {
	clock    clock.Clock
	freshFor time.Duration
	fetch    func(context.Context) (T, error)

	mu      sync.Mutex
	value   T
	err     error         // of the last try
	got     time.Time     // when value was fetched; zero: never
	tried   time.Time     // when the last try began
	running chan struct{} // closed when the try that runs has ended
}

// get gives what is there while it is fresh, what can be fetched otherwise, and what
// was there before if the issuer is down.
func (c *cached[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	fresh := !c.got.IsZero() && c.clock().Sub(c.got) < c.freshFor
	c.mu.Unlock()
	if !fresh {
		return c.refresh(ctx)
	}
	return c.kept()
}

// refresh fetches anew, unless that was tried a moment ago.
func (c *cached[T]) refresh(ctx context.Context) (T, error) {
	c.mu.Lock()
	running := c.running
	if now := c.clock(); running == nil && (c.tried.IsZero() || now.Sub(c.tried) >= retryAfter) {
		running = make(chan struct{})
		c.running, c.tried = running, now
		go c.run(context.WithoutCancel(ctx), running) // others wait for it too
	}
	c.mu.Unlock()
	if running != nil {
		select {
		case <-running:
		case <-ctx.Done():
		}
	}
	return c.kept()
}

func (c *cached[T]) run(ctx context.Context, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	value, err := c.fetch(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err = err; err == nil {
		c.value, c.got = value, c.clock()
	}
	c.running = nil
	close(done)
}

func (c *cached[T]) kept() (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.got.IsZero() && c.clock().Sub(c.got) < staleFor {
		return c.value, nil
	}
	var none T
	if c.err == nil {
		return none, context.Canceled
	}
	return none, c.err
}
