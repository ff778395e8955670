package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// settle records what became of one attempt.
type settle struct {
	ID     ident.ID
	Number int
	courier.Try[Receipt]
}

func (s *Slice) settleDelivery(ctx context.Context, tx *command.Tx, in settle) (struct{}, error) {
	d, err := s.store.Delivery(ctx, tx, in.ID)
	if err != nil {
		return struct{}{}, ignoreNoRows(err) // unsubscribed meanwhile
	}
	if err := s.store.LockInbox(ctx, tx.Tx, d.UserID); err != nil {
		return struct{}{}, fmt.Errorf("lock inbox: %w", err)
	}
	if d, err = s.store.LockDelivery(ctx, tx.Tx, in.ID); err != nil {
		return struct{}{}, ignoreNoRows(err)
	}
	if d.Status != Sending || d.Attempts != in.Number {
		return struct{}{}, nil // the lease ran out and somebody else tries
	}
	sub, err := s.store.LockSubscription(ctx, tx.Tx, d.SubscriptionID)
	if err != nil {
		return struct{}{}, fmt.Errorf("lock subscription: %w", err)
	}
	if err := s.store.InsertAttempt(ctx, tx.Tx, Attempt{
		DeliveryID: d.ID, Number: in.Number, At: in.At, TookMS: int(in.Took.Milliseconds()),
		StatusCode: in.Receipt.StatusCode, Answer: in.Receipt.Answer, Error: in.Failure,
	}); err != nil {
		return struct{}{}, fmt.Errorf("store attempt: %w", err)
	}
	d.LeaseUntil, d.Reason = nil, in.Failure
	if in.Failure == "" {
		d.become(Delivered)
		d.EndedAt = new(tx.Now)
		sub.FailingSince = nil
	} else {
		longest, err := s.limits.Int(ctx, tx, "notification.retry.longest_ms", d.UserID)
		if err != nil {
			return struct{}{}, err
		}
		d.fail(in, schedule.Within(time.Duration(longest.Int())*time.Millisecond), tx.Now)
		if sub.FailingSince == nil {
			sub.FailingSince = new(tx.Now)
		}
	}
	if err := s.store.SaveDelivery(ctx, tx.Tx, d); err != nil {
		return struct{}{}, fmt.Errorf("store delivery: %w", err)
	}
	if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
		return struct{}{}, fmt.Errorf("store subscription: %w", err)
	}
	if d.EndedAt != nil {
		fact := DeliveryEnded{DeliveryID: d.ID, SubscriptionID: d.SubscriptionID, NotificationID: d.NotificationID, Status: d.Status, Attempts: d.Attempts}
		if err := s.emit(ctx, tx, d.UserID, fact); err != nil {
			return struct{}{}, err
		}
	}
	return struct{}{}, s.disableIfHopeless(ctx, tx, sub, in.Receipt.Gone)
}

// fail queues the next attempt, or gives up.
func (d *Delivery) fail(in settle, schedule courier.Schedule, now time.Time) {
	wait, again := schedule.Next(d.Attempts-d.RestartedAt, in.Receipt.RetryAfter, in.Random)
	if !again || in.Receipt.Permanent || in.Receipt.Gone {
		d.become(Failed)
		d.EndedAt = &now
		return
	}
	d.become(Queued)
	d.NextAt = now.Add(wait)
}

// disableIfHopeless disables a subscription that nothing has reached for days, or
// that says that it is gone, and tells its user.
func (s *Slice) disableIfHopeless(ctx context.Context, tx *command.Tx, sub Subscription, gone bool) error {
	hopeless := sub.FailingSince != nil && tx.Now.Sub(*sub.FailingSince) >= giveUpAfter
	if !gone && !hopeless || sub.DisabledAt != nil {
		return nil
	}
	sub.DisabledAt, sub.DisabledReason = new(tx.Now), "nothing has arrived there for five days"
	if gone {
		sub.DisabledReason = "it answered that it is gone for good"
	}
	if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
		return fmt.Errorf("store subscription: %w", err)
	}
	skipped, err := s.store.SkipDeliveries(ctx, tx.Tx, sub.ID, "the subscription was disabled", tx.Now)
	if err != nil {
		return fmt.Errorf("skip deliveries: %w", err)
	}
	if err := s.emit(ctx, tx, sub.UserID, SubscriptionDisabled{SubscriptionID: sub.ID, Skipped: skipped}); err != nil {
		return err
	}
	return s.tell(ctx, tx, sub.UserID, Notice{
		Cause: SubscriptionDisabled{}.EventType(), Severity: High, Title: "A notification channel was disabled",
		Body: fmt.Sprintf("%s: %s. Mend it and enable it again.", sub.Name, sub.DisabledReason), Link: "/notifications", Tags: []string{TagSystem, "subscription"},
	}, tx.NewID())
}
