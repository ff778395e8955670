package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

// committedSubject is "stoa.events.committed": the ids of aggregates that changed.
func committedSubject() string { return bus.Subject("events", "committed") }

// sequencedSubject is "stoa.events.sequenced": the log has grown.
func sequencedSubject() string { return bus.Subject("events", "sequenced") }

// retriedSubject is "stoa.events.retried": a delivery is due at once.
func retriedSubject() string { return bus.Subject("events", "retried") }

// Hints says "look again" to whoever waits in this process and, over the bus, in
// others. It carries ids and nothing else; a lost hint costs the time until the
// next poll.
type Hints struct {
	bus    bus.Bus
	log    *slog.Logger
	origin ident.ID // our own hints come back over the bus and are ignored

	aggregates stream.Wake[ident.ID]
	outbox     stream.Wake[struct{}] // the sequencer has work
	head       stream.Wake[struct{}] // the log has grown
	deliveries stream.Wake[struct{}] // somebody wants one tried again
}

// NewHints makes the hints of one process. They work within it at once, and
// between processes while Run runs.
func NewHints(b bus.Bus, log *slog.Logger) *Hints {
	return &Hints{bus: b, log: log, origin: ident.New()}
}

// Changed returns a channel that closes when an event of the aggregate was next
// committed, here or elsewhere, and a function to give up. Wait first, then read
// the row, then wait on the channel.
func (h *Hints) Changed(aggregate ident.ID) (<-chan struct{}, func()) {
	return h.aggregates.Wait(aggregate)
}

// Committed spreads what was just committed: it is the runner's Wake.
func (h *Hints) Committed(events []Event) {
	h.outbox.Notify(struct{}{})
	hint := make([]byte, 0, len(ident.ID{})*(len(events)+1))
	hint = append(hint, h.origin[:]...)
	var last ident.ID
	for _, e := range events {
		if e.AggregateID == last {
			continue
		}
		last = e.AggregateID
		h.aggregates.Notify(e.AggregateID)
		hint = append(hint, e.AggregateID[:]...)
	}
	h.publish(committedSubject(), hint)
}

// sequenced says that the log has grown.
func (h *Hints) sequenced() {
	h.head.Notify(struct{}{})
	h.publish(sequencedSubject(), h.origin[:])
}

// retried says that a delivery was made due or that others may go on.
func (h *Hints) retried() {
	h.deliveries.Notify(struct{}{})
	h.publish(retriedSubject(), h.origin[:])
}

func (h *Hints) publish(subject string, hint []byte) {
	if err := h.bus.Publish(subject, hint); err != nil {
		h.log.Debug("hint lost", "subject", subject, "error", err)
	}
}

// Run listens to other processes until ctx ends.
func (h *Hints) Run(ctx context.Context) error {
	for subject, handle := range map[string]func([]byte){
		committedSubject(): func(ids []byte) {
			h.outbox.Notify(struct{}{})
			for ; len(ids) >= len(ident.ID{}); ids = ids[len(ident.ID{}):] {
				h.aggregates.Notify(ident.ID(ids[:len(ident.ID{})]))
			}
		},
		sequencedSubject(): func([]byte) { h.head.Notify(struct{}{}) },
		retriedSubject():   func([]byte) { h.deliveries.Notify(struct{}{}) },
	} {
		sub, err := h.bus.Subscribe(subject, func(m bus.Message) {
			if len(m.Data) >= len(h.origin) && ident.ID(m.Data[:len(h.origin)]) != h.origin {
				handle(m.Data[len(h.origin):])
			}
		}, bus.OnLost(func(int) { h.all() }))
		if err != nil {
			return fmt.Errorf("listen to hints: %w", err)
		}
		defer func() { _ = sub.Close() }()
	}
	<-ctx.Done()
	return nil
}

// all is for when hints are known to be missing.
func (h *Hints) all() {
	h.aggregates.NotifyAll()
	h.outbox.NotifyAll()
	h.head.NotifyAll()
	h.deliveries.NotifyAll()
}

// idle makes polls rarer while nothing happens.
type idle struct{ pause time.Duration }

const (
	shortPoll = time.Second
	longPoll  = 5 * time.Second
)

func newIdle() *idle { return &idle{shortPoll} }

func (i *idle) reset() { i.pause = shortPoll }

func (i *idle) next() time.Duration {
	pause := i.pause
	i.pause = min(i.pause*5/4, longPoll)
	return pause
}
