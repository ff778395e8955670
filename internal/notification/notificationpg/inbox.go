// Package notificationpg keeps inboxes in PostgreSQL.
package notificationpg

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Store implements notification.Store. It has no state: everything is in the transaction it is given.
type Store struct{}

var _ notification.Store = Store{}

const columns = `id, user_id, source_id, cause, severity, title, body, link, tags, status, reason, deliver_at, created_at, read_at`

const (
	lockInbox = `INSERT INTO inbox (user_id, version) VALUES ($1, 0) ON CONFLICT (user_id) DO UPDATE SET version = inbox.version`
	holdInbox = `SELECT version FROM inbox WHERE user_id = $1 FOR UPDATE`
	advance   = `UPDATE inbox SET version = version + 1 WHERE user_id = $1 RETURNING version`
	insertOne = `
INSERT INTO notification (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT DO NOTHING`
	selectOne = `SELECT ` + columns + ` FROM notification WHERE id = $1`
	setStatus = `
UPDATE notification SET status = $2, reason = $3, title = $4, body = $5, link = $6, tags = $7, read_at = $8 WHERE id = $1`
	readAll    = `UPDATE notification SET status = 'read', read_at = $2 WHERE user_id = $1 AND status = 'delivered'`
	deleteOne  = `DELETE FROM notification WHERE id = $1`
	selectPage = `
SELECT ` + columns + ` FROM notification
WHERE user_id = $1 AND status <> 'pending' AND ($2::uuid IS NULL OR id < $2)
  AND (NOT $3 OR status = 'delivered') AND ($4 OR status <> 'skipped') AND ($5 = '' OR $5 = ANY (tags))
ORDER BY id DESC LIMIT $6`
	countUnread = `SELECT count(*) FROM notification WHERE user_id = $1 AND status = 'delivered'`
	countTold   = `
SELECT count(*) FROM notification
WHERE user_id = $1 AND severity = $2 AND created_at > $3 AND cause <> 'digest' AND status <> 'pending' AND NOT starts_with(reason, 'throttled')`
	selectDue = `SELECT ` + columns + ` FROM notification WHERE status = 'pending' AND deliver_at <= $1 ORDER BY deliver_at LIMIT $2`
	heldBack  = `
SELECT title, count(*) AS n FROM notification
WHERE user_id = $1 AND severity = $2 AND created_at >= $3 AND starts_with(reason, 'throttled')
GROUP BY title ORDER BY n DESC, title LIMIT 20`
	heldTags = `
SELECT DISTINCT tag FROM notification, unnest(tags) AS tag
WHERE user_id = $1 AND severity = $2 AND created_at >= $3 AND starts_with(reason, 'throttled') AND tag !~ '[0-9a-f]{8}-'
ORDER BY tag LIMIT 20`
	forgetNotifications = `DELETE FROM notification WHERE created_at < $1 AND status <> 'pending'`
	forgetDeliveries    = `DELETE FROM notification_delivery WHERE created_at < $1 AND status NOT IN ('queued', 'sending')`
)

// LockInbox implements notification.Store.
func (Store) LockInbox(ctx context.Context, tx *pg.Tx, user ident.ID) error {
	_, err := tx.Exec(ctx, lockInbox, user)
	return err
}

// Advance implements notification.Store.
func (Store) Advance(ctx context.Context, tx *pg.Tx, user ident.ID) (int64, error) {
	return pg.One[int64](ctx, tx, advance, user)
}

// Insert implements notification.Store.
func (Store) Insert(ctx context.Context, tx *pg.Tx, n notification.Notification) (bool, error) {
	tag, err := tx.Exec(ctx, insertOne, n.ID, n.UserID, n.SourceID, n.Cause, n.Severity, n.Title, n.Body, n.Link, n.Tags, string(n.Status),
		n.Reason, n.DeliverAt, n.CreatedAt, n.ReadAt)
	return err == nil && tag.RowsAffected() == 1, err
}

// Get implements notification.Store.
func (Store) Get(ctx context.Context, q pg.Querier, id ident.ID) (notification.Notification, error) {
	return pg.One[notification.Notification](ctx, q, selectOne, id)
}

// SetStatus implements notification.Store.
func (Store) SetStatus(ctx context.Context, tx *pg.Tx, n notification.Notification) error {
	_, err := tx.Exec(ctx, setStatus, n.ID, string(n.Status), n.Reason, n.Title, n.Body, n.Link, n.Tags, n.ReadAt)
	return err
}

// ReadAll implements notification.Store.
func (Store) ReadAll(ctx context.Context, tx *pg.Tx, user ident.ID, at time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, readAll, user, at)
	return tag.RowsAffected(), err
}

// Delete implements notification.Store.
func (Store) Delete(ctx context.Context, tx *pg.Tx, id ident.ID) error {
	_, err := tx.Exec(ctx, deleteOne, id)
	return err
}

// List implements notification.Store.
func (Store) List(ctx context.Context, q pg.Querier, f notification.Filter) ([]notification.Notification, error) {
	return pg.All[notification.Notification](ctx, q, selectPage, f.User, f.Before, f.UnreadOnly, f.HeldBack, f.Tag, f.Limit)
}

// Unread implements notification.Store.
func (Store) Unread(ctx context.Context, q pg.Querier, user ident.ID) (int, error) {
	return pg.One[int](ctx, q, countUnread, user)
}

// Told implements notification.Store.
func (Store) Told(ctx context.Context, q pg.Querier, user ident.ID, severity notification.Severity, since time.Time) (int, error) {
	return pg.One[int](ctx, q, countTold, user, severity, since)
}

// Due implements notification.Store.
func (Store) Due(ctx context.Context, q pg.Querier, now time.Time, limit int) ([]notification.Notification, error) {
	return pg.All[notification.Notification](ctx, q, selectDue, now, limit)
}

// HeldBack implements notification.Store.
func (Store) HeldBack(ctx context.Context, q pg.Querier, user ident.ID, severity notification.Severity, since time.Time) ([]notification.Tally, []string, error) {
	tallies, err := pg.All[notification.Tally](ctx, q, heldBack, user, severity, since)
	if err != nil {
		return nil, nil, err
	}
	tags, err := pg.All[string](ctx, q, heldTags, user, severity, since)
	return tallies, tags, err
}

// Forget implements notification.Store.
func (Store) Forget(ctx context.Context, q pg.Querier, before time.Time) (int64, error) {
	notifications, err := q.Exec(ctx, forgetNotifications, before)
	if err != nil {
		return 0, err
	}
	deliveries, err := q.Exec(ctx, forgetDeliveries, before)
	return notifications.RowsAffected() + deliveries.RowsAffected(), err
}
