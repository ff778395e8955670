package eventlog

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Level says how bad the number of open dead letters is, by the thresholds that
// whoever watches them compares with.
type Level string

// The levels.
const (
	LevelOK       Level = "ok"
	LevelWarning  Level = "warning"
	LevelCritical Level = "critical"
)

// NotedLevel is the level that was last noted, as an aggregate.
type NotedLevel struct {
	ID      ident.ID `db:"id"`
	Level   Level    `db:"level"`
	Version int64    `db:"version"`
}

const (
	readLevel  = `SELECT id, level, version FROM dead_letter_level`
	lockLevel  = readLevel + ` FOR UPDATE`
	storeLevel = `UPDATE dead_letter_level SET level = $1, version = version + 1, changed_at = now()`
	countOpen  = `SELECT count(*) FROM delivery WHERE status IN ('dead', 'retrying')`
)

// LockLevel reads the level to change it.
func LockLevel(ctx context.Context, tx *pg.Tx) (NotedLevel, error) {
	return pg.One[NotedLevel](ctx, tx, lockLevel)
}

// StoreLevel notes the level.
func StoreLevel(tx *pg.Tx, level Level) { tx.Defer(storeLevel, level) }

// OpenDeadLetters counts what failed and is not settled.
func OpenDeadLetters(ctx context.Context, q pg.Querier) (int64, error) {
	n, err := pg.One[int64](ctx, q, countOpen)
	if err != nil {
		return 0, fmt.Errorf("count open dead letters: %w", err)
	}
	return n, nil
}
