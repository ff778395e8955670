package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
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
	tx.Audit("notification_subscription", sub.ID, nil)
	return struct{}{}, s.drop(ctx, tx, sub)
}

func (s *Slice) drop(ctx context.Context, tx *command.Tx, sub Subscription) error {
	if err := s.store.DeleteSubscription(ctx, tx.Tx, sub.ID); err != nil {
		return fmt.Errorf("delete subscription: %w", err)
	}
	return s.emit(ctx, tx, sub.UserID, Unsubscribed{SubscriptionID: sub.ID})
}

// leave drops the webhooks and the like of an account that an issuer gave to who has its
// address: whoever set them up may never have been that person, and would read on.
func (s *Slice) leave(ctx context.Context, tx *command.Tx, e eventlog.Event) error {
	fact, err := eventlog.Decode[identity.IdentityLinked](e)
	if err != nil || !fact.ByEmail {
		return err
	}
	if err := s.store.LockInbox(ctx, tx.Tx, e.AggregateID); err != nil {
		return fmt.Errorf("lock inbox: %w", err)
	}
	all, err := s.store.Subscriptions(ctx, tx, e.AggregateID)
	if err != nil {
		return fmt.Errorf("list subscriptions: %w", err)
	}
	for _, sub := range all {
		if sub.Channel == InApp || sub.Channel == Email || sub.CreatedAt.After(e.Time) { // the person's own
			continue
		}
		if err := s.drop(ctx, tx, sub); err != nil {
			return err
		}
	}
	return nil
}
