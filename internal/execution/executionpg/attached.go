package executionpg

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	attach = `
INSERT INTO execution_attachment (id, execution_id, account_id, writes, since, until)
VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5))
ON CONFLICT (id) DO UPDATE SET until = excluded.until`
	detach      = `DELETE FROM execution_attachment WHERE id = $1`
	attachments = `
SELECT id, account_id, writes, since FROM execution_attachment WHERE execution_id = $1 AND until > now() ORDER BY since, id`
	forgetAttachments = `DELETE FROM execution_attachment WHERE until <= now()`
)

// Attach implements execution.Store.
func (Store) Attach(ctx context.Context, q pg.Querier, id ident.ID, a execution.Attachment, lease time.Duration) error {
	_, err := q.Exec(ctx, attach, a.ID, id, a.AccountID, a.Writes, lease.Seconds())
	return err
}

// Detach implements execution.Store.
func (Store) Detach(ctx context.Context, q pg.Querier, attachment ident.ID) error {
	_, err := q.Exec(ctx, detach, attachment)
	return err
}

// Attachments implements execution.Store.
func (Store) Attachments(ctx context.Context, q pg.Querier, id ident.ID) ([]execution.Attachment, error) {
	return pg.All[execution.Attachment](ctx, q, attachments, id)
}

// ForgetAttachments implements execution.Store.
func (Store) ForgetAttachments(ctx context.Context, q pg.Querier) error {
	_, err := q.Exec(ctx, forgetAttachments)
	return err
}
