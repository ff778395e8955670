package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Consumer reads the log from its beginning, each event once and in order. What
// its handler changes commits together with its place in the log; an effect
// outside the database must carry the event's id as its key.
//
// A handler that fails sets its event aside as a delivery, which is tried again
// later and is given up in the end (dead). Later events of the same aggregate
// wait behind it; all others go on.
//
//	          fails            attempts used up
//	event ──────────▶ retrying ─────────────────▶ dead
//	  │                │  ▲  │                     │ │
//	  │ another waits  │  │  └─── works: retried   │ │
//	  ▼                │  │       Retry            │ │
//	waiting ───────────┼──┴────────────────────────┘ │
//	        its turn   └─────────▶ discarded ◀───────┘
//	                    Discard
type Consumer struct {
	Name    string
	Types   []string // the types it handles; none means all
	Handler Handler
	Retry   Retry // of its own, unless people set one for it; without one the general policies apply
	// Replayable says that handling an event again does no harm: Replay is allowed.
	Replayable bool
}

// Status says where a delivery stands.
type Status string

// The states of a delivery. The open ones keep their aggregate waiting.
const (
	Waiting   Status = "waiting"   // behind another delivery of its aggregate
	Retrying  Status = "retrying"  // failed, or next in turn; due at NextAt
	Dead      Status = "dead"      // given up: somebody must retry or discard it
	Retried   Status = "retried"   // worked in the end
	Discarded Status = "discarded" // somebody decided to go on without it
)

// Delivery is one event that a consumer could not handle at once.
type Delivery struct {
	Consumer    string    `db:"consumer"`
	EventID     ident.ID  `db:"event_id"`
	Position    int64     `db:"position"`
	AggregateID ident.ID  `db:"aggregate_id"`
	Status      Status    `db:"status"`
	Attempts    int       `db:"attempts"`
	NextAt      time.Time `db:"next_at"`
	Reason      string    `db:"reason"`
}

// Leases elects one holder of a name among all processes. Hold calls work each time
// this process becomes the holder, with an epoch that is higher than every
// earlier one, and cancels its context when the lease is lost or ctx ends. It returns
// when ctx has ended and work has returned.
type Leases interface {
	Hold(ctx context.Context, name string, work func(ctx context.Context, epoch int64) error) error
}

// Consumers runs the consumers of a program.
type Consumers struct {
	db     *pg.DB
	leases Leases
	hints  *Hints
	tail   *Tail
	log    *slog.Logger
	byName map[string]Consumer
	names  []string
	Metric *Metrics // optional
}

// NewConsumers makes the runner of a fixed set of consumers.
func NewConsumers(db *pg.DB, leases Leases, hints *Hints, tail *Tail, log *slog.Logger, consumers ...Consumer) (*Consumers, error) {
	c := &Consumers{db: db, leases: leases, hints: hints, tail: tail, log: log, byName: map[string]Consumer{}}
	for _, consumer := range consumers {
		if _, taken := c.byName[consumer.Name]; taken || consumer.Name == "" {
			return nil, fmt.Errorf("consumer %q is declared twice or has no name", consumer.Name)
		}
		c.byName[consumer.Name] = consumer
		c.names = append(c.names, consumer.Name)
	}
	return c, nil
}

// Names lists the consumers.
func (c *Consumers) Names() []string { return slices.Sorted(slices.Values(c.names)) }
