package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ChangeSubscription changes what is set; nil leaves it. Enabling one that Stoa
// disabled gives it another chance.
type ChangeSubscription struct {
	ID          ident.ID  `json:"id"`
	Name        *string   `json:"name"`
	URL         *string   `json:"url"`
	Enabled     *bool     `json:"enabled"`
	MinSeverity *string   `json:"min_severity"`
	IncludeTags *[]string `json:"include_tags"`
	ExcludeTags *[]string `json:"exclude_tags"`
}

// Validate checks the input's shape.
func (c ChangeSubscription) Validate() error {
	if c.Name != nil {
		if err := checkName(*c.Name); err != nil {
			return err
		}
	}
	if c.MinSeverity != nil {
		if _, err := ParseSeverity(*c.MinSeverity); err != nil {
			return err
		}
	}
	if c.IncludeTags != nil {
		if err := checkTags("include_tags", *c.IncludeTags); err != nil {
			return err
		}
	}
	if c.ExcludeTags != nil {
		return checkTags("exclude_tags", *c.ExcludeTags)
	}
	return nil
}

func (s *Slice) changeSubscription(ctx context.Context, tx *command.Tx, in ChangeSubscription) (Subscription, error) {
	sub, err := s.lockSubscription(ctx, tx, in.ID)
	if err != nil {
		return Subscription{}, err
	}
	if in.URL != nil {
		if sub.Target == nil {
			return Subscription{}, fault.New(fault.Invalid, "notification.url", "This channel has no address of its own.").At("body.url", "must be absent")
		}
		if err := s.sender.Check(sub.Channel, *in.URL); err != nil {
			return Subscription{}, err
		}
		sub.seal(s.keys, *in.URL, secret.String{})
	}
	if in.Name != nil {
		sub.Name = *in.Name
	}
	if in.MinSeverity != nil {
		if sub.MinSeverity, err = ParseSeverity(*in.MinSeverity); err != nil {
			return Subscription{}, err
		}
	}
	if in.IncludeTags != nil {
		sub.IncludeTags = orEmpty(*in.IncludeTags)
	}
	if in.ExcludeTags != nil {
		sub.ExcludeTags = orEmpty(*in.ExcludeTags)
	}
	if in.Enabled != nil {
		sub.Enabled = *in.Enabled
		if sub.Enabled {
			sub.DisabledAt, sub.DisabledReason, sub.FailingSince = nil, "", nil
		}
	}
	sub.UpdatedAt = tx.Now
	if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
		return Subscription{}, fmt.Errorf("store subscription: %w", err)
	}
	tx.Audit("notification_subscription", sub.ID, map[string]any{"enabled": sub.Enabled})
	return sub, s.emit(ctx, tx, sub.UserID, SubscriptionChanged{SubscriptionID: sub.ID, Enabled: sub.Enabled})
}

// lockSubscription locks the inbox and then the subscription.
func (s *Slice) lockSubscription(ctx context.Context, tx *command.Tx, id ident.ID) (Subscription, error) {
	user := tx.Scope.Owner
	if err := s.store.LockInbox(ctx, tx.Tx, user); err != nil {
		return Subscription{}, fmt.Errorf("lock inbox: %w", err)
	}
	sub, err := s.store.LockSubscription(ctx, tx.Tx, id)
	if noRows(err) && id == user {
		return inConsole(user, tx.Now), nil // nobody changed it before
	}
	return sub, command.NotFoundIfNoRows(err)
}
