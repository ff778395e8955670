package execution

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// DeliveryCallback is the kind of the delivery that was asked for with the execution. The others are channels of notifications.
const DeliveryCallback = "callback"

// Delivery is the way of what is told about an execution to somebody outside, however often it is tried.
type Delivery struct {
	ID         ident.ID // of a callback, the execution's
	Kind       string   // DeliveryCallback, or the channel: "webhook", "slack", "email"
	Host       string   // where to; the rest of the address is secret. Empty for e-mail
	Status     string
	Attempts   int
	Reason     string     // why the last attempt failed
	StatusCode int        // of the last answer; 0: there was none
	TriedAt    *time.Time // when the last attempt began
	NextAt     *time.Time // when it is tried next
	EndedAt    *time.Time
}

// Deliveries knows what is told about executions to others. The slices that tell it answer, through boot.
type Deliveries interface {
	// About lists it: what was asked for with the execution, and what goes to the reader's own channels.
	About(ctx context.Context, q pg.Querier, id, reader ident.ID) ([]Delivery, error)
}

func (s *Slice) listDeliveries(ctx context.Context, q command.Query, in Get) ([]Delivery, error) {
	all, err := s.told.About(ctx, q, in.ID, q.Actor.ID)
	if err != nil {
		return nil, fmt.Errorf("read what is told about the execution: %w", err)
	}
	return all, nil
}
