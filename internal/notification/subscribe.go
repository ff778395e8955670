package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Subscribe adds a channel: a webhook, Slack, or the caller's own e-mail address.
type Subscribe struct {
	Channel     Channel  `json:"channel"`
	Name        string   `json:"name"` // the address's host if left out
	URL         string   `json:"url"`
	MinSeverity string   `json:"min_severity"`
	IncludeTags []string `json:"include_tags"`
	ExcludeTags []string `json:"exclude_tags"`
}

// Validate checks the input's shape.
func (c Subscribe) Validate() error {
	switch c.Channel {
	case Webhook, Slack:
		if c.URL == "" {
			return fault.New(fault.Invalid, "notification.url", "A channel of this kind needs an address.").At("body.url", "is missing")
		}
	case Email:
		if c.URL != "" {
			return fault.New(fault.Invalid, "notification.url", "E-mail goes to the address of your account; leave the address out.").At("body.url", "must be absent")
		}
	default:
		return fault.New(fault.Invalid, "notification.channel", "A channel is a webhook, slack or email.").At("body.channel", "is no channel that can be added")
	}
	if _, err := ParseSeverity(c.MinSeverity); err != nil {
		return err
	}
	if c.Name != "" {
		if err := checkName(c.Name); err != nil {
			return err
		}
	}
	if err := checkTags("include_tags", c.IncludeTags); err != nil {
		return err
	}
	return checkTags("exclude_tags", c.ExcludeTags)
}

// SubscribedOnce carries a webhook's signing secret, which is shown this one time.
type SubscribedOnce struct {
	Subscription Subscription
	Secret       secret.String
}

func (s *Slice) subscribe(ctx context.Context, tx *command.Tx, in Subscribe) (SubscribedOnce, error) {
	severity, err := ParseSeverity(in.MinSeverity)
	if err != nil {
		return SubscribedOnce{}, err
	}
	if err := s.sender.Check(in.Channel, in.URL); err != nil {
		return SubscribedOnce{}, err
	}
	user := tx.Actor.ID
	if err := s.store.LockInbox(ctx, tx.Tx, user); err != nil {
		return SubscribedOnce{}, fmt.Errorf("lock inbox: %w", err)
	}
	if err := s.hasRoom(ctx, tx, user, in.Channel); err != nil {
		return SubscribedOnce{}, err
	}
	sub := Subscription{
		ID: tx.NewID(), UserID: user, Channel: in.Channel, Name: in.Name, Enabled: true, MinSeverity: severity,
		IncludeTags: orEmpty(in.IncludeTags), ExcludeTags: orEmpty(in.ExcludeTags), CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	var signing secret.String
	switch in.Channel {
	case Email:
		sub.Host, err = s.address(ctx, tx, user)
		if err != nil {
			return SubscribedOnce{}, err
		}
		sub.Host = "" // the account's address is read when it is needed, not kept
	case Webhook:
		signing = NewSigningSecret()
		fallthrough
	default:
		sub.seal(s.keys, in.URL, signing)
	}
	if sub.Name == "" {
		sub.Name = string(in.Channel)
		if sub.Host != "" {
			sub.Name = cut(sub.Host, maxName)
		}
	}
	if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
		return SubscribedOnce{}, fmt.Errorf("store subscription: %w", err)
	}
	tx.Audit("notification_subscription", sub.ID, map[string]any{"channel": sub.Channel})
	return SubscribedOnce{sub, signing}, s.emit(ctx, tx, user, Subscribed{SubscriptionID: sub.ID, Channel: sub.Channel})
}

func (s *Slice) hasRoom(ctx context.Context, tx *command.Tx, user ident.ID, channel Channel) error {
	all, err := s.subscriptions(ctx, tx, user, tx.Now)
	if err != nil {
		return err
	}
	for _, sub := range all {
		if channel == Email && sub.Channel == Email {
			return fault.New(fault.Conflict, "notification.email_exists", "You get e-mail already. Change that subscription instead.")
		}
	}
	most, err := s.limits.Int(ctx, tx, "notification.subscriptions.max", user)
	if err != nil {
		return err
	}
	if int64(len(all)-1) >= most.Int() { // the console's is not counted
		return most.Refuse("notification.too_many", "You have %d channels, which is as many as one user may have.", len(all)-1)
	}
	return nil
}

// address is where a user's e-mail goes.
func (s *Slice) address(ctx context.Context, tx *command.Tx, user ident.ID) (string, error) {
	to, err := s.people.Email(ctx, tx, user)
	if err != nil {
		return "", fmt.Errorf("read e-mail address: %w", err)
	}
	if to == "" {
		return "", fault.New(fault.Conflict, "notification.no_address", "This account has no e-mail address.")
	}
	return to, nil
}

func orEmpty(tags []string) []string {
	if tags == nil {
		return []string{}
	}
	return tags
}
