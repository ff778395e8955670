package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
)

// settle records what became of one attempt.
type settle struct {
	Claimed Delivery
	courier.Try[Receipt]
}

// settleDelivery holds the inbox of the delivery's user from its first statement, so that
// what is settled for one person is settled one after another: it asks the database as seldom
// as it can.
func (s *Slice) settleDelivery(ctx context.Context, tx *command.Tx, in settle) (struct{}, error) {
	d, sub, err := s.store.LockToSettle(ctx, tx.Tx, in.Claimed)
	if err != nil {
		return struct{}{}, ignoreNoRows(err) // unsubscribed meanwhile
	}
	if d.Status != Sending || d.Attempts != in.Claimed.Attempts {
		return struct{}{}, nil // the lease ran out and somebody else tries
	}
	s.store.InsertAttempt(tx.Tx, Attempt{
		DeliveryID: d.ID, Number: d.Attempts, At: in.At, TookMS: int(in.Took.Milliseconds()),
		StatusCode: in.Receipt.StatusCode, Answer: in.Receipt.Answer, Error: in.Failure,
	})
	d.LeaseUntil, d.Reason = nil, in.Failure
	if in.Failure == "" {
		return struct{}{}, s.arrived(ctx, tx, d, sub)
	}
	longest, err := s.limits.Int(ctx, tx, "notification.retry.longest_ms", d.UserID)
	if err != nil {
		return struct{}{}, err
	}
	d.fail(in, schedule.Within(time.Duration(longest.Int())*time.Millisecond), tx.Now)
	if err := s.store.SaveDelivery(ctx, tx.Tx, d); err != nil {
		return struct{}{}, fmt.Errorf("store delivery: %w", err)
	}
	if sub.FailingSince == nil {
		sub.FailingSince = new(tx.Now)
		if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
			return struct{}{}, fmt.Errorf("store subscription: %w", err)
		}
	}
	if d.EndedAt != nil {
		if err := s.emit(ctx, tx, d.UserID, d.ended()); err != nil {
			return struct{}{}, err
		}
	}
	return struct{}{}, s.disableIfHopeless(ctx, tx, sub, in.Receipt.Gone)
}

// arrived ends a delivery well, and with it what was held against its subscription.
func (s *Slice) arrived(ctx context.Context, tx *command.Tx, d Delivery, sub Subscription) error {
	d.become(Delivered)
	d.EndedAt = new(tx.Now)
	s.store.SaveArrived(tx.Tx, d)
	if sub.FailingSince != nil {
		sub.FailingSince = nil
		if err := s.store.SaveSubscription(ctx, tx.Tx, sub); err != nil {
			return fmt.Errorf("store subscription: %w", err)
		}
	}
	return s.emit(ctx, tx, d.UserID, d.ended())
}

func (d *Delivery) ended() DeliveryEnded {
	return DeliveryEnded{DeliveryID: d.ID, SubscriptionID: d.SubscriptionID, NotificationID: d.NotificationID, Status: d.Status, Attempts: d.Attempts}
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
