package lifecycle

import (
	"context"
	"time"
)

// Bell wakes one who may be busy just then: what is rung meanwhile is heard afterwards, once.
type Bell chan struct{}

// NewBell makes one.
func NewBell() Bell { return make(Bell, 1) }

// Ring never waits.
func (b Bell) Ring() {
	select {
	case b <- struct{}{}:
	default: // it rings already
	}
}

// Every does something after each period, and whenever woken, until ctx ends. A nil wake never comes.
func Every(ctx context.Context, period time.Duration, wake <-chan struct{}, do func()) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
		do()
	}
}
