// Package executionpg keeps executions in PostgreSQL.
package executionpg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Store implements execution.Store. It has no state: everything is in the transaction it is given.
type Store struct{}

var _ execution.Store = Store{}

const columns = `id, version, organization_id, project_id, owner_id, runtime, class_asked, class, class_given, status, reason_code, reason_message, priority, rank,
	network, interactive, wall_ms, cpu_ms, memory_bytes, processes, output_bytes, disk_bytes, node_id, epoch, attempt, cancel_asked, retry_of,
	exit_code, signal, used_wall_us, used_cpu_us, peak_memory_bytes, created_at, scheduled_at, started_at, ended_at,
	script_id, coalesce(script_version, 0) AS script_version, coalesce(script_name, '') AS script_name`

const (
	makeLoad = `INSERT INTO execution_load (user_id, active, queued, rank) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING`
	lockLoad = `
SELECT l.user_id, l.active, l.queued, l.rank,
       q.rank IS NOT NULL AS waiting, coalesce(q.rank, 0) AS floor
FROM execution_load l
LEFT JOIN LATERAL (SELECT rank FROM execution WHERE status = 'queued' AND priority <= $2 ORDER BY priority DESC, rank LIMIT 1) q ON true
WHERE l.user_id = $1
FOR UPDATE OF l`
	saveLoad  = `UPDATE execution_load SET active = $2, queued = $3, rank = $4 WHERE user_id = $1`
	ownerLoad = `
SELECT user_id, active, queued, rank FROM execution_load
WHERE user_id = (SELECT owner_id FROM execution WHERE id = $1)
FOR UPDATE`
	lockOne    = `SELECT ` + columns + ` FROM execution WHERE id = $1 FOR UPDATE`
	countQueue = `SELECT count(*) FROM (SELECT 1 FROM execution WHERE status = 'queued' LIMIT $1) q`
	insertOne  = `
INSERT INTO execution (id, version, organization_id, project_id, owner_id, runtime, status, priority, rank, network, wall_ms, cpu_ms,
	memory_bytes, processes, output_bytes, disk_bytes, node_id, epoch, attempt, retry_of, created_at, scheduled_at, class_asked, class,
	script_id, script_version, script_name, interactive)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
	$25, nullif($26::integer, 0), nullif($27::text, ''), $28)`
	insertInput = `INSERT INTO execution_input (execution_id, source, stdin, args, env, files, artefacts, fetched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	saveOne     = `
UPDATE execution SET version = $2, status = $3, reason_code = $4, reason_message = $5, priority = $6, rank = $7, node_id = $8, epoch = $9,
	attempt = $10, cancel_asked = $11, exit_code = $12, signal = $13, used_wall_us = $14, used_cpu_us = $15, peak_memory_bytes = $16,
	scheduled_at = $17, started_at = $18, ended_at = $19, class_given = $20
WHERE id = $1`
	freeLoad       = `UPDATE execution_load SET active = active - 1 WHERE user_id = $1`
	saveRemembered = `WITH saved AS (` + saveOne + ` AND version = $2 - 1 RETURNING 1) SELECT expect_one(count(*)) FROM saved`
	insertOutput   = `
INSERT INTO execution_output (execution_id, stdout, stderr, layout, stdout_truncated, stderr_truncated) VALUES ($1, $2, $3, $4, $5, $6)`
	deleteOne = `DELETE FROM execution WHERE id = $1`
)

type lockedLoad struct {
	execution.Load
	Waiting bool  `db:"waiting"`
	Floor   int64 `db:"floor"`
}

// AskLoad implements execution.Store. The first submit of a user makes the row.
func (Store) AskLoad(tx *pg.Tx, user ident.ID, p execution.Priority) execution.LoadLater {
	later := pg.Ahead[lockedLoad](tx, lockLoad, user, int(p))
	return func(ctx context.Context) (execution.Load, execution.Ahead, error) {
		l, err := later.Row(ctx)
		if errors.Is(err, pgx.ErrNoRows) {
			if _, err = tx.Exec(ctx, makeLoad, user); err == nil {
				l, err = pg.One[lockedLoad](ctx, tx, lockLoad, user, int(p))
			}
		}
		if err != nil {
			return execution.Load{}, execution.Ahead{}, fmt.Errorf("lock load: %w", err)
		}
		return l.Load, execution.Ahead{Waiting: l.Waiting, Floor: l.Floor}, nil
	}
}

// SaveLoad implements execution.Store.
func (Store) SaveLoad(tx *pg.Tx, l execution.Load) {
	tx.Defer(saveLoad, l.UserID, l.Active, l.Queued, l.Rank)
}

// Queued implements execution.Store.
func (Store) Queued(ctx context.Context, q pg.Querier, atMost int) (int, error) {
	return pg.One[int](ctx, q, countQueue, atMost)
}

// Insert implements execution.Store.
func (Store) Insert(tx *pg.Tx, e execution.Execution, in execution.Input) {
	tx.Defer(insertOne, e.ID, e.Version, e.OrganizationID, e.ProjectID, e.OwnerID, e.Runtime, string(e.Status), int(e.Priority), e.Rank,
		e.Network, e.WallMS, e.CPUMS, e.MemoryBytes, e.Processes, e.OutputBytes, e.DiskBytes, e.NodeID, e.Epoch, e.Attempt, e.RetryOf,
		e.CreatedAt, e.ScheduledAt, string(e.ClassAsked), string(e.Class), e.ScriptID, e.ScriptVersion, e.ScriptName, e.Interactive)
	tx.Defer(insertInput, e.ID, in.Source, notNil(in.Stdin), orEmpty(in.Args), orEmptyMap(in.Env), orEmpty(in.Files), in.Artefacts, in.Fetched())
	if in.Egress != nil {
		Store{}.SaveEgress(tx, e.ID, *in.Egress)
	}
	if i := in.Interactive; i != nil {
		tx.Defer(insertInteractive, e.ID, i.Columns, i.Rows, i.IdleMS, i.RecordBytes)
	}
}

// Lock implements execution.Store: the owner's load first, then the execution, in one round trip.
func (Store) Lock(ctx context.Context, tx *pg.Tx, id ident.ID) (execution.Execution, execution.Load, error) {
	var batch pgx.Batch
	batch.Queue(ownerLoad, id)
	batch.Queue(lockOne, id)
	results := tx.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	load, err := collect[execution.Load](results)
	if err != nil {
		return execution.Execution{}, load, fmt.Errorf("lock load: %w", err)
	}
	e, err := collect[execution.Execution](results)
	if err != nil {
		return e, load, fmt.Errorf("lock execution: %w", err)
	}
	return e, load, results.Close()
}

func collect[T any](results pgx.BatchResults) (T, error) {
	rows, err := results.Query()
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}

// Save implements execution.Store. The row is locked, so its version needs no check.
func (Store) Save(tx *pg.Tx, e execution.Execution) {
	tx.Defer(saveOne, saved(e)...)
}

func saved(e execution.Execution) []any {
	return []any{
		e.ID, e.Version, string(e.Status), e.ReasonCode, e.ReasonMessage, int(e.Priority), e.Rank, e.NodeID, e.Epoch,
		e.Attempt, e.CancelAsked, e.ExitCode, e.Signal, e.UsedWallUS, e.UsedCPUUS, e.PeakMemory, e.ScheduledAt, e.StartedAt, e.EndedAt,
		string(e.ClassGiven),
	}
}

// SaveRemembered implements execution.Store: in the order of Lock.
func (Store) SaveRemembered(tx *pg.Tx, e execution.Execution) {
	tx.Defer(freeLoad, e.OwnerID)
	tx.Defer(saveRemembered, saved(e)...)
}

// SaveOutput implements execution.Store.
func (Store) SaveOutput(tx *pg.Tx, id ident.ID, out execution.Output) {
	tx.Defer(insertOutput, id, notNil(out.Stdout), notNil(out.Stderr), orEmpty(out.Layout), out.StdoutTruncated, out.StderrTruncated)
}

// Delete implements execution.Store.
func (Store) Delete(tx *pg.Tx, id ident.ID) { tx.Defer(deleteOne, id) }

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func orEmptyMap(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
