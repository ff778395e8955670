package executionpg

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	insertInteractive = `INSERT INTO execution_interactive (execution_id, columns, rows, idle_ms, record_bytes) VALUES ($1, $2, $3, $4, $5)`
	getInteractive    = `SELECT columns, rows, idle_ms, record_bytes FROM execution_interactive WHERE execution_id = $1`
	insertRecording   = `INSERT INTO execution_recording (execution_id, recording) VALUES ($1, $2)`
	getRecording      = `SELECT recording FROM execution_recording WHERE execution_id = $1`
)

// Interactive implements execution.Store.
func (Store) Interactive(ctx context.Context, q pg.Querier, id ident.ID) (execution.Interactive, error) {
	return pg.One[execution.Interactive](ctx, q, getInteractive, id)
}

// SaveRecording implements execution.Store.
func (Store) SaveRecording(tx *pg.Tx, id ident.ID, recording []byte) {
	tx.Defer(insertRecording, id, recording)
}

// Recording implements execution.Store.
func (Store) Recording(ctx context.Context, q pg.Querier, id ident.ID) ([]byte, error) {
	return pg.One[[]byte](ctx, q, getRecording, id)
}
