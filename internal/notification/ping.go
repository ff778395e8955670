package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Ping sends a test message to one subscription, whatever it wants otherwise.
type Ping struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) ping(ctx context.Context, tx *command.Tx, in Ping) (Delivery, error) {
	sub, err := s.lockSubscription(ctx, tx, in.ID)
	if err != nil {
		return Delivery{}, err
	}
	if sub.Channel == InApp {
		return Delivery{}, fault.New(fault.Conflict, "notification.console_needs_no_test", "The console needs no test.")
	}
	if !sub.active() {
		return Delivery{}, errDisabled()
	}
	n := Notice{Cause: causeTest, Severity: Low, Title: "A test from Stoa", Body: "This channel works.", Tags: []string{causeTest}}.
		of(sub.UserID, tx.NewID(), ident.ID{}, tx.Now)
	d := s.queue(tx, sub, n.ID, n.payload(s.home()))
	if err := s.store.InsertDelivery(ctx, tx.Tx, d); err != nil {
		return Delivery{}, fmt.Errorf("queue delivery: %w", err)
	}
	tx.Audit("notification_delivery", d.ID, nil)
	return d, s.emit(ctx, tx, sub.UserID, DeliveryAsked{DeliveryID: d.ID, SubscriptionID: sub.ID, Test: true})
}

func errDisabled() error {
	return fault.New(fault.Conflict, "notification.disabled", "This subscription is disabled. Enable it first.")
}
