package executionpg

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	lockOwnLoad  = `SELECT active + queued FROM execution_load WHERE user_id = $1 FOR UPDATE`
	forgetLoad   = `DELETE FROM execution_load WHERE user_id = $1`
	forgetOwn    = `DELETE FROM execution WHERE owner_id = $1`
	countByState = `SELECT status, count(*) AS n, coalesce(sum(used_cpu_us), 0)::bigint / 1000 AS cpu_ms, coalesce(sum(used_wall_us), 0)::bigint / 1000 AS wall_ms
FROM execution WHERE owner_id = $1 GROUP BY status`
)

// Ran is how many of somebody's executions have a status, and what they used.
type Ran struct {
	Status string `db:"status"`
	Number int64  `db:"n"`
	CPUMS  int64  `db:"cpu_ms"`
	WallMS int64  `db:"wall_ms"`
}

// RanBy sums up what somebody ran, as far as it is kept.
func RanBy(ctx context.Context, q pg.Querier, user ident.ID) ([]Ran, error) {
	rows, err := pg.All[Ran](ctx, q, countByState, user)
	if err != nil {
		return nil, fmt.Errorf("count executions: %w", err)
	}
	return rows, nil
}

// Forget is called in the transaction that deletes an account. It refuses while
// something of theirs waits or runs. Executions stay with their projects, unless all
// are to go.
func Forget(ctx context.Context, tx *pg.Tx, user ident.ID, all bool) error {
	under, err := pg.All[int](ctx, tx, lockOwnLoad, user)
	if err != nil {
		return fmt.Errorf("read what is under way: %w", err)
	}
	if len(under) > 0 && under[0] > 0 {
		return fault.New(fault.Conflict, "user.busy", "%d of their executions wait or run. Cancel them, or wait for their ends.", under[0])
	}
	statements := []string{forgetLoad}
	if all {
		statements = append(statements, forgetOwn)
	}
	for _, sql := range statements {
		if _, err := tx.Exec(ctx, sql, user); err != nil {
			return fmt.Errorf("forget executions: %w", err)
		}
	}
	return nil
}
