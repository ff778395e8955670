package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RotateSecret gives a webhook another signing secret. For a day messages are signed
// with both, so that the receiver can change over without losing one.
type RotateSecret struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) rotateSecret(ctx context.Context, tx *command.Tx, in RotateSecret) (SubscribedOnce, error) {
	sub, err := s.lockSubscription(ctx, tx, in.ID)
	if err != nil {
		return SubscribedOnce{}, err
	}
	if sub.Channel != Webhook {
		return SubscribedOnce{}, fault.New(fault.Conflict, "notification.unsigned", "Only webhooks are signed.")
	}
	next := NewSigningSecret()
	if err := sub.rotate(s.keys, next, tx.Now); err != nil {
		return SubscribedOnce{}, fmt.Errorf("rotate secret: %w", err)
	}
	sub.UpdatedAt = tx.Now
	if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
		return SubscribedOnce{}, fmt.Errorf("store subscription: %w", err)
	}
	tx.Audit("notification_subscription", sub.ID, nil)
	return SubscribedOnce{sub, next}, s.emit(ctx, tx, sub.UserID, SecretRotated{SubscriptionID: sub.ID})
}
