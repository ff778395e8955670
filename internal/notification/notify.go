package notification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Consumer reads the log and tells people. Its cursor and the notifications commit
// together, so each event tells each person once.
func (s *Slice) Consumer() eventlog.Consumer {
	types := make([]string, 0, len(s.rules))
	for name := range s.rules {
		types = append(types, name)
	}
	return eventlog.Consumer{Name: "notifications", Types: types, Handler: s.hear, Replayable: true}
}

// tooOld is when an event is no news any more: a first start reads the whole log.
const tooOld = 24 * time.Hour

func (s *Slice) hear(ctx context.Context, ptx *pg.Tx, e eventlog.Event) error {
	tx := s.runner.Within(ptx, e)
	tx.Scope = command.Scope{} // an inbox is its user's, whatever project the event is from
	if e.Type == (identity.IdentityLinked{}).EventType() {
		if err := s.leave(ctx, tx, e); err != nil {
			return err
		}
	}
	r := s.rules[e.Type]
	to := r.to(e)
	switch {
	case to.IsZero() || tx.Now.Sub(e.Time) > tooOld:
		return nil
	case to == operators || to == runners && e.OrganizationID.IsZero():
		return s.tellOperators(ctx, tx, r.notice(e), e.ID)
	case to == runners:
		all, err := s.people.Administrators(ctx, tx, e.OrganizationID)
		if err != nil {
			return fmt.Errorf("list administrators: %w", err)
		}
		return s.tellAll(ctx, tx, all, r.notice(e), e.ID)
	}
	return s.tell(ctx, tx, to, r.notice(e), e.ID)
}

func (s *Slice) tellOperators(ctx context.Context, tx *command.Tx, n Notice, source ident.ID) error {
	all, err := s.people.Operators(ctx, tx)
	if err != nil {
		return fmt.Errorf("list operators: %w", err)
	}
	return s.tellAll(ctx, tx, all, n, source)
}

func (s *Slice) tellAll(ctx context.Context, tx *command.Tx, all []ident.ID, n Notice, source ident.ID) error {
	for _, user := range all {
		if err := s.tell(ctx, tx, user, n, source); err != nil {
			return err
		}
	}
	return nil
}

// window is the time within which so many notifications of one severity are enough
// (the setting notification.per_hour); what comes beyond becomes one digest.
const window = time.Hour

// tell puts a notice into an inbox and on its way to the channels that want it. One
// source tells one person once.
func (s *Slice) tell(ctx context.Context, tx *command.Tx, user ident.ID, notice Notice, source ident.ID) error {
	subscriptions, wanted, err := s.wanting(ctx, tx, user, notice.Severity, notice.Tags)
	if err != nil || !wanted {
		return err
	}
	if err := s.store.LockInbox(ctx, tx.Tx, user); err != nil {
		return fmt.Errorf("lock inbox: %w", err)
	}
	n := notice.of(user, tx.NewID(), source, tx.Now)
	enough, err := s.enough(ctx, tx, n)
	if err != nil {
		return err
	}
	if enough > 0 {
		n.Status, n.Reason = Skipped, fmt.Sprintf("throttled: %d of severity %s within an hour are enough; the rest is in a digest", enough, n.Severity)
		fresh, err := s.store.Insert(ctx, tx.Tx, n)
		if err != nil {
			return fmt.Errorf("store notification: %w", err)
		}
		if !fresh {
			return nil
		}
		return s.expectDigest(ctx, tx, n)
	}
	return s.put(ctx, tx, n, subscriptions)
}

// wanting lists a user's subscriptions, and tells whether any wants such a notice.
func (s *Slice) wanting(ctx context.Context, tx *command.Tx, user ident.ID, severity Severity, tags []string) (all []Subscription, wanted bool, err error) {
	if all, err = s.subscriptions(ctx, tx, user, tx.Now); err != nil {
		return nil, false, err
	}
	for _, sub := range all {
		wanted = wanted || sub.wants(severity, tags)
	}
	return all, wanted, nil
}

// enough gives the setting if it is used up, and zero otherwise.
func (s *Slice) enough(ctx context.Context, tx *command.Tx, n Notification) (int64, error) {
	if n.exempt() {
		return 0, nil
	}
	perHour, err := s.limits.Int(ctx, tx, "notification.per_hour", n.UserID)
	if err != nil {
		return 0, err
	}
	told, err := s.store.Told(ctx, tx, n.UserID, n.Severity, tx.Now.Add(-window))
	if err != nil {
		return 0, fmt.Errorf("count notifications: %w", err)
	}
	if int64(told) < perHour.Int() {
		return 0, nil
	}
	return perHour.Int(), nil
}

// put stores a notification that is to be told now, in the inbox and for each channel outside.
func (s *Slice) put(ctx context.Context, tx *command.Tx, n Notification, subscriptions []Subscription) error {
	n.Status, n.Reason = n.inConsole(subscriptions)
	fresh, err := s.store.Insert(ctx, tx.Tx, n)
	if err != nil {
		return fmt.Errorf("store notification: %w", err)
	}
	if !fresh {
		return nil
	}
	return s.spread(ctx, tx, n, subscriptions)
}

// inConsole tells what becomes of a notification in the console, and why it is not shown.
func (n Notification) inConsole(subscriptions []Subscription) (status Status, reason string) {
	for _, sub := range subscriptions {
		if sub.Channel == InApp && sub.wants(n.Severity, n.Tags) {
			return Delivered, ""
		}
	}
	return Skipped, "not wanted in the console"
}

// spread queues a stored notification for every channel outside that wants it, and says that it is there.
func (s *Slice) spread(ctx context.Context, tx *command.Tx, n Notification, subscriptions []Subscription) error {
	payload := n.payload(s.home())
	for _, sub := range subscriptions {
		if sub.Channel == InApp || !sub.wants(n.Severity, n.Tags) {
			continue
		}
		if err := s.store.InsertDelivery(ctx, tx.Tx, s.queue(tx, sub, n.ID, payload)); err != nil {
			return fmt.Errorf("queue delivery: %w", err)
		}
	}
	return s.emit(ctx, tx, n.UserID, Created{NotificationID: n.ID, SourceID: n.SourceID, Severity: n.Severity.String(), Status: n.Status})
}

func (s *Slice) queue(tx *command.Tx, sub Subscription, notification ident.ID, payload string) Delivery {
	tx.AfterCommit(s.courier.Wake)
	return Delivery{
		ID: tx.NewID(), NotificationID: notification, SubscriptionID: sub.ID, UserID: sub.UserID, Channel: sub.Channel,
		Payload: payload, Status: Queued, NextAt: tx.Now, CreatedAt: tx.Now,
	}
}

// exempt are those that nobody may miss.
func (n Notification) exempt() bool {
	return n.Severity >= High && slices.Contains(n.Tags, TagSystem)
}

// emit says what happened to an inbox.
func (s *Slice) emit(ctx context.Context, tx *command.Tx, user ident.ID, fact eventlog.Fact) error {
	version, err := s.store.Advance(ctx, tx.Tx, user)
	if err != nil {
		return fmt.Errorf("advance inbox: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: Kind, ID: user, Version: version}, fact)
	return nil
}
