package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Redeliver sends something again at once, with the same id, and begins its schedule anew.
type Redeliver struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) redeliver(ctx context.Context, tx *command.Tx, in Redeliver) (Delivery, error) {
	if err := s.store.LockInbox(ctx, tx.Tx, tx.Scope.Owner); err != nil {
		return Delivery{}, fmt.Errorf("lock inbox: %w", err)
	}
	d, err := s.store.LockDelivery(ctx, tx.Tx, in.ID)
	if err != nil {
		return Delivery{}, command.NotFoundIfNoRows(err)
	}
	sub, err := s.store.Subscription(ctx, tx, d.SubscriptionID)
	if err != nil {
		return Delivery{}, command.NotFoundIfNoRows(err)
	}
	switch {
	case !sub.active():
		return Delivery{}, errDisabled()
	case d.Status == Sending:
		return Delivery{}, fault.New(fault.Conflict, "notification.sending", "It is being sent right now.")
	}
	d.become(Queued)
	d.Reason, d.NextAt, d.RestartedAt, d.EndedAt = "", tx.Now, d.Attempts, nil
	if err := s.store.SaveDelivery(ctx, tx.Tx, d); err != nil {
		return Delivery{}, fmt.Errorf("store delivery: %w", err)
	}
	tx.AfterCommit(s.courier.Wake)
	tx.Audit("notification_delivery", d.ID, nil)
	return d, s.emit(ctx, tx, d.UserID, DeliveryAsked{DeliveryID: d.ID, SubscriptionID: d.SubscriptionID})
}
