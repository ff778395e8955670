package lifecycle

import (
	"context"
	"time"
)

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
