package notificationpg

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	subscriptionColumns = `id, user_id, channel, name, enabled, min_severity, include_tags, exclude_tags, host, target, secret, previous_secret,
	previous_until, failing_since, disabled_at, disabled_reason, created_at, updated_at`
	deliveryColumns = `id, notification_id, subscription_id, user_id, channel, payload, status, reason, attempts, restarted_at, next_at,
	lease_until, created_at, ended_at`
)

const (
	selectSubscriptions = `SELECT ` + subscriptionColumns + ` FROM notification_subscription WHERE user_id = $1 ORDER BY id`
	selectSubscription  = `SELECT ` + subscriptionColumns + ` FROM notification_subscription WHERE id = $1`
	lockSubscription    = `SELECT ` + subscriptionColumns + ` FROM notification_subscription WHERE id = $1 FOR UPDATE`
	saveSubscription    = `
INSERT INTO notification_subscription (` + subscriptionColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, min_severity = excluded.min_severity,
	include_tags = excluded.include_tags, exclude_tags = excluded.exclude_tags, host = excluded.host, target = excluded.target,
	secret = excluded.secret, previous_secret = excluded.previous_secret, previous_until = excluded.previous_until,
	failing_since = excluded.failing_since, disabled_at = excluded.disabled_at, disabled_reason = excluded.disabled_reason,
	updated_at = excluded.updated_at`
	deleteSubscription = `DELETE FROM notification_subscription WHERE id = $1`

	insertDelivery = `
INSERT INTO notification_delivery (` + deliveryColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (subscription_id, notification_id) DO NOTHING`
	selectDelivery = `SELECT ` + deliveryColumns + ` FROM notification_delivery WHERE id = $1`
	lockDelivery   = `SELECT ` + deliveryColumns + ` FROM notification_delivery WHERE id = $1 FOR UPDATE`
	saveDelivery   = `
UPDATE notification_delivery SET status = $2, reason = $3, attempts = $4, restarted_at = $5, next_at = $6, lease_until = $7, ended_at = $8
WHERE id = $1`
	skipDeliveries = `
UPDATE notification_delivery SET status = 'skipped', reason = $2, ended_at = $3 WHERE subscription_id = $1 AND status = 'queued'`
	selectDeliveries = `
SELECT ` + deliveryColumns + ` FROM notification_delivery
WHERE user_id = $1 AND ($2::uuid IS NULL OR subscription_id = $2) AND ($3::uuid IS NULL OR notification_id = $3) AND ($4::uuid IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5`
	// Of one that is being sent, the attempt before is told.
	toldAbout = `
SELECT d.id, d.channel, s.host, d.status, d.attempts, d.reason, d.next_at, d.ended_at, coalesce(a.status_code, 0) AS status_code, a.at AS tried_at
FROM notification n
JOIN notification_delivery d ON d.notification_id = n.id
JOIN notification_subscription s ON s.id = d.subscription_id
LEFT JOIN notification_attempt a ON a.delivery_id = d.id AND a.number = d.attempts - CASE d.status WHEN 'sending' THEN 1 ELSE 0 END
WHERE n.user_id = $1 AND d.user_id = $1 AND $2 = ANY(n.tags) ORDER BY d.id LIMIT 100`
	insertAttempt = `
INSERT INTO notification_attempt (delivery_id, number, at, took_ms, status_code, answer, error) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectAttempts = `SELECT delivery_id, number, at, took_ms, status_code, answer, error FROM notification_attempt WHERE delivery_id = $1 ORDER BY number`

	// Of each subscription as many as it has room for beside those under way, the
	// longest due first. What two processes choose at once only one of them gets. Those
	// under way are counted once, and one that has no room is left out before anything is
	// sorted: a long queue is gone through once for each claim.
	claim = `
WITH busy AS MATERIALIZED (
	SELECT subscription_id, count(*) AS n FROM notification_delivery WHERE status = 'sending' AND lease_until > $1 GROUP BY subscription_id),
due AS (
	SELECT d.id, d.next_at, coalesce(b.n, 0) + row_number() OVER (PARTITION BY d.subscription_id ORDER BY d.next_at, d.id) AS turn
	FROM notification_delivery d LEFT JOIN busy b USING (subscription_id)
	WHERE (d.status = 'queued' AND d.next_at <= $1 OR d.status = 'sending' AND d.lease_until <= $1) AND coalesce(b.n, 0) < $4),
chosen AS (
	SELECT id FROM notification_delivery
	WHERE id IN (SELECT id FROM due WHERE turn <= $4 ORDER BY next_at, id LIMIT $3)
	  AND (status = 'queued' AND next_at <= $1 OR status = 'sending' AND lease_until <= $1)
	FOR UPDATE SKIP LOCKED)
UPDATE notification_delivery n SET status = 'sending', attempts = attempts + 1, lease_until = $2
FROM chosen WHERE n.id = chosen.id
RETURNING n.id, n.notification_id, n.subscription_id, n.user_id, n.channel, n.payload, n.status, n.reason, n.attempts, n.restarted_at,
	n.next_at, n.lease_until, n.created_at, n.ended_at`
	// Leases that run out are found by the next claim: the courier looks every few seconds in any case.
	nextDue = `
SELECT least(
	(SELECT min(next_at) FROM notification_delivery WHERE status = 'queued'),
	(SELECT min(deliver_at) FROM notification WHERE status = 'pending'))`
)

// Subscriptions implements notification.Store.
func (Store) Subscriptions(ctx context.Context, q pg.Querier, user ident.ID) ([]notification.Subscription, error) {
	return pg.All[notification.Subscription](ctx, q, selectSubscriptions, user)
}

// Subscription implements notification.Store.
func (Store) Subscription(ctx context.Context, q pg.Querier, id ident.ID) (notification.Subscription, error) {
	return pg.One[notification.Subscription](ctx, q, selectSubscription, id)
}

// LockSubscription implements notification.Store.
func (Store) LockSubscription(ctx context.Context, tx *pg.Tx, id ident.ID) (notification.Subscription, error) {
	return pg.One[notification.Subscription](ctx, tx, lockSubscription, id)
}

// SaveSubscription implements notification.Store.
func (Store) SaveSubscription(ctx context.Context, tx *pg.Tx, s notification.Subscription) error {
	_, err := tx.Exec(ctx, saveSubscription, s.ID, s.UserID, string(s.Channel), s.Name, s.Enabled, s.MinSeverity, s.IncludeTags, s.ExcludeTags, s.Host,
		s.Target, s.Secret, s.PreviousSecret, s.PreviousUntil, s.FailingSince, s.DisabledAt, s.DisabledReason, s.CreatedAt, s.UpdatedAt)
	return err
}

// DeleteSubscription implements notification.Store.
func (Store) DeleteSubscription(ctx context.Context, tx *pg.Tx, id ident.ID) error {
	_, err := tx.Exec(ctx, deleteSubscription, id)
	return err
}

// InsertDelivery implements notification.Store.
func (Store) InsertDelivery(ctx context.Context, tx *pg.Tx, d notification.Delivery) error {
	_, err := tx.Exec(ctx, insertDelivery, d.ID, d.NotificationID, d.SubscriptionID, d.UserID, string(d.Channel), d.Payload, string(d.Status),
		d.Reason, d.Attempts, d.RestartedAt, d.NextAt, d.LeaseUntil, d.CreatedAt, d.EndedAt)
	return err
}

// Delivery implements notification.Store.
func (Store) Delivery(ctx context.Context, q pg.Querier, id ident.ID) (notification.Delivery, error) {
	return pg.One[notification.Delivery](ctx, q, selectDelivery, id)
}

// LockDelivery implements notification.Store.
func (Store) LockDelivery(ctx context.Context, tx *pg.Tx, id ident.ID) (notification.Delivery, error) {
	return pg.One[notification.Delivery](ctx, tx, lockDelivery, id)
}

// SaveDelivery implements notification.Store.
func (Store) SaveDelivery(ctx context.Context, tx *pg.Tx, d notification.Delivery) error {
	_, err := tx.Exec(ctx, saveDelivery, d.ID, string(d.Status), d.Reason, d.Attempts, d.RestartedAt, d.NextAt, d.LeaseUntil, d.EndedAt)
	return err
}

// LockToSettle implements notification.Store. Who has a delivery has an inbox.
func (Store) LockToSettle(ctx context.Context, tx *pg.Tx, claimed notification.Delivery) (d notification.Delivery, sub notification.Subscription, err error) {
	pg.Ahead[int64](tx, holdInbox, claimed.UserID)
	locked := pg.Ahead[notification.Delivery](tx, lockDelivery, claimed.ID)
	if sub, err = pg.One[notification.Subscription](ctx, tx, lockSubscription, claimed.SubscriptionID); err != nil {
		return d, sub, err
	}
	d, err = locked.Row(ctx)
	return d, sub, err
}

// SaveArrived implements notification.Store.
func (Store) SaveArrived(tx *pg.Tx, d notification.Delivery) {
	tx.Defer(saveDelivery, d.ID, string(d.Status), d.Reason, d.Attempts, d.RestartedAt, d.NextAt, d.LeaseUntil, d.EndedAt)
}

// SkipDeliveries implements notification.Store.
func (Store) SkipDeliveries(ctx context.Context, tx *pg.Tx, subscription ident.ID, reason string, at time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, skipDeliveries, subscription, reason, at)
	return tag.RowsAffected(), err
}

// Deliveries implements notification.Store.
func (Store) Deliveries(ctx context.Context, q pg.Querier, f notification.DeliveryFilter) ([]notification.Delivery, error) {
	return pg.All[notification.Delivery](ctx, q, selectDeliveries, f.User, f.Subscription, f.Notification, f.Before, f.Limit)
}

// ToldAbout implements notification.Store.
func (Store) ToldAbout(ctx context.Context, q pg.Querier, user ident.ID, tag string) ([]notification.Told, error) {
	return pg.All[notification.Told](ctx, q, toldAbout, user, tag)
}

// InsertAttempt implements notification.Store.
func (Store) InsertAttempt(tx *pg.Tx, a notification.Attempt) {
	tx.Defer(insertAttempt, a.DeliveryID, a.Number, a.At, a.TookMS, a.StatusCode, a.Answer, a.Error)
}

// Attempts implements notification.Store.
func (Store) Attempts(ctx context.Context, q pg.Querier, delivery ident.ID) ([]notification.Attempt, error) {
	return pg.All[notification.Attempt](ctx, q, selectAttempts, delivery)
}

// Claim implements notification.Store.
func (Store) Claim(ctx context.Context, q pg.Querier, now, lease time.Time, limit, abreast int) ([]notification.Delivery, error) {
	return pg.All[notification.Delivery](ctx, q, claim, now, lease, limit, abreast)
}

// NextDue implements notification.Store.
func (Store) NextDue(ctx context.Context, q pg.Querier) (*time.Time, error) {
	return pg.One[*time.Time](ctx, q, nextDue)
}
