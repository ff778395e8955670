package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Unsubscribe removes a channel, with what is on its way there.
type Unsubscribe struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) unsubscribe(ctx context.Context, tx *command.Tx, in Unsubscribe) (struct{}, error) {
	sub, err := s.lockSubscription(ctx, tx, in.ID)
	if err != nil {
		return struct{}{}, err
	}
	if sub.Channel == InApp {
		return struct{}{}, fault.New(fault.Conflict, "notification.console_stays", "The console cannot be removed. Disable it instead.")
	}
	if err := s.store.DeleteSubscription(ctx, tx.Tx, sub.ID); err != nil {
		return struct{}{}, fmt.Errorf("delete subscription: %w", err)
	}
	tx.Audit("notification_subscription", sub.ID, nil)
	return struct{}{}, s.emit(ctx, tx, sub.UserID, Unsubscribed{SubscriptionID: sub.ID})
}
