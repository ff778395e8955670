package eventlog

import (
	"context"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
)

// TestHintsReachOtherProcesses: two processes on one bus.
func TestHintsReachOtherProcesses(t *testing.T) {
	b, err := natsbus.Embed(quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	here, there := NewHints(b, quiet), NewHints(b, quiet)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- there.Run(ctx) }()

	a := ident.New()
	for _, c := range []struct {
		wait func() (<-chan struct{}, func())
		hint func()
	}{
		{func() (<-chan struct{}, func()) { return there.Changed(a) }, func() { here.Committed([]Event{happened(ident.New(), 1), happened(a, 1)}) }},
		{func() (<-chan struct{}, func()) { return there.outbox.Wait(struct{}{}) }, func() { here.Committed([]Event{happened(a, 1)}) }},
		{func() (<-chan struct{}, func()) { return there.head.Wait(struct{}{}) }, here.sequenced},
		{func() (<-chan struct{}, func()) { return there.deliveries.Wait(struct{}{}) }, here.retried},
	} {
		woken, giveUp := c.wait()
		for waiting := true; waiting; { // until the subscriptions are there
			c.hint()
			select {
			case <-woken:
				waiting = false
			default:
			}
		}
		giveUp()
	}
	own, giveUp := here.Changed(a)
	defer giveUp()
	here.Committed([]Event{happened(a, 2)})
	<-own // in the same process at once, without Run
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
