package eventplane

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	replayColumns = `id, version, status, reason, name, created_by, created_at, start_at, started_at, ended_at,
	types, aggregate_kind, aggregate_id, project_id, organization_id, actor_id, correlation_id, from_time, to_time, after_position, through_position, max_events,
	target, consumer, url, sealed_secret, speed, batch, skip_errors, counts, total, position, sent, failed`
	selectReplay  = `SELECT ` + replayColumns + ` FROM replay WHERE id = $1`
	lockReplay    = selectReplay + ` FOR UPDATE`
	selectReplays = `SELECT ` + replayColumns + ` FROM replay WHERE ($1 = '' OR status = $1) AND ($2::uuid IS NULL OR id < $2) AND ($4 OR organization_id = ANY($5)) ORDER BY id DESC LIMIT $3`
	selectDue     = `SELECT id FROM replay WHERE status = 'running' OR status = 'scheduled' AND start_at <= $1`
	insertReplay  = `
INSERT INTO replay (id, version, status, name, created_by, created_at, start_at, started_at,
	types, aggregate_kind, aggregate_id, project_id, actor_id, correlation_id, from_time, to_time, after_position, through_position, max_events,
	target, consumer, url, sealed_secret, speed, batch, skip_errors, counts, total, position, organization_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $17, $29)`
	countReplays = `SELECT count(*) FROM replay WHERE organization_id = $1`
	deleteReplay = `DELETE FROM replay WHERE id = $1`
	moveReplay   = `UPDATE replay SET version = $2, status = $3, reason = $4, started_at = $5, ended_at = $6 WHERE id = $1`
	// Its epoch makes a running replay ours: an earlier holder can no longer move it.
	claimReplay   = `UPDATE replay SET epoch = $2 WHERE id = $1 AND status = 'running' AND epoch <= $2`
	lockOurs      = `SELECT FROM replay WHERE id = $1 AND status = 'running' AND epoch = $2 FOR UPDATE`
	lockRunning   = `SELECT FROM replay WHERE id = $1 AND status = 'running' AND epoch = $2 AND position = $3 FOR UPDATE`
	moveProgress  = `UPDATE replay SET position = $3, sent = sent + $4, failed = failed + $5 WHERE id = $1 AND epoch = $2`
	stillRunning  = `SELECT EXISTS (SELECT FROM replay WHERE id = $1 AND status = 'running' AND epoch = $2)`
	insertChunk   = `INSERT INTO replay_chunk (replay_id, position, body) VALUES ($1, $2, $3)`
	nextChunk     = `SELECT position, body FROM replay_chunk WHERE replay_id = $1 AND position > $2 ORDER BY position LIMIT 1`
	forgetReplays = `DELETE FROM replay WHERE ended_at < $1`
)

func insertRow(tx *command.Tx, r Replay) {
	types := r.Types
	if types == nil {
		types = []string{}
	}
	tx.Defer(insertReplay, r.ID, r.Version, r.Status, r.Name, r.CreatedBy, r.CreatedAt, r.StartAt, r.StartedAt,
		types, r.AggregateKind, r.AggregateID, r.ProjectID, r.ActorID, r.CorrelationID, r.From, r.To, r.AfterPosition, r.Through, r.MaxEvents,
		r.Target, r.Consumer, r.URL, r.SealedSecret, r.Speed, r.Batch, r.SkipErrors, r.Counts, r.Total, r.OrganizationID)
}

func lockedReplay(ctx context.Context, tx *command.Tx, id ident.ID) (Replay, error) {
	r, err := pg.One[Replay](ctx, tx, lockReplay, id)
	if err != nil {
		return r, fmt.Errorf("read replay: %w", command.NotFoundIfNoRows(err))
	}
	return r, nil
}

// ForgetReplays deletes replays that ended before a time, with what they wrote.
func ForgetReplays(ctx context.Context, db *pg.DB, before time.Time) error {
	if _, err := db.Exec(ctx, forgetReplays, before); err != nil {
		return fmt.Errorf("forget replays: %w", err)
	}
	return nil
}
