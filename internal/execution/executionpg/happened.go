package executionpg

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const happened = `SELECT id, type, time, data FROM event WHERE aggregate_id = $1 AND aggregate_kind = 'execution' ORDER BY version LIMIT 1000`

// Happened implements execution.Store: the events as they were committed, before the log has ordered them.
func (Store) Happened(ctx context.Context, q pg.Querier, id ident.ID) ([]execution.Happened, error) {
	return pg.All[execution.Happened](ctx, q, happened, id)
}
