package executionpg

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Load is how much of somebody's work is under way and waits.
type Load struct {
	Active int64 `db:"active"`
	Queued int64 `db:"queued"`
}

const readLoad = `SELECT active, queued FROM execution_load WHERE user_id = $1`

// LoadOf reads it; of who never ran anything it is nothing.
func LoadOf(ctx context.Context, q pg.Querier, user ident.ID) (Load, error) {
	l, err := pg.OneOrZero[Load](ctx, q, readLoad, user)
	if err != nil {
		return l, fmt.Errorf("read load: %w", err)
	}
	return l, nil
}
