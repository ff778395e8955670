package limit

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
)

// changedSubject is "stoa.limits.changed": what was set, or counted, is another now.
func changedSubject() string { return bus.Subject("limits", "changed") }

// Spread has the reader tell the other replicas of what this one changed. Call it before
// anything is served. A hint that is lost costs the time until the next check.
func (r *Reader) Spread(b bus.Bus) { r.bus = b }

// Follow looks at once when another replica tells of a change, until ctx ends.
func (r *Reader) Follow(ctx context.Context) error {
	sub, err := r.bus.Subscribe(changedSubject(), func(bus.Message) { r.heard() }, bus.OnLost(func(int) { r.heard() }))
	if err != nil {
		return fmt.Errorf("listen to changed limits: %w", err)
	}
	defer func() { _ = sub.Close() }()
	<-ctx.Done()
	return nil
}

// tell says it to the others. This replica hears it too, which costs one look.
func (r *Reader) tell() {
	if r.bus == nil {
		return
	}
	if err := r.bus.Publish(changedSubject(), nil); err != nil {
		r.log.Debug("hint lost", "subject", changedSubject(), "error", err)
	}
}
