package limit

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const selectOf = `SELECT ` + rowColumns + ` FROM limit_value WHERE scope IN ('user', 'member') AND scope_id = $1 ORDER BY id FOR UPDATE`

// Forget clears every value that was set for a user, in the transaction that deletes
// their account.
func (s *Slice) Forget(ctx context.Context, tx *command.Tx, user ident.ID) error {
	if _, err := tx.Exec(ctx, countUp); err != nil {
		return fmt.Errorf("count limits' revision up: %w", err)
	}
	if _, err := tx.Exec(ctx, deleteReset, user); err != nil {
		return fmt.Errorf("forget that the user's rates were reset: %w", err)
	}
	rows, err := pg.All[row](ctx, tx, selectOf, user)
	if err != nil {
		return fmt.Errorf("read the user's limits: %w", err)
	}
	for _, v := range rows {
		if _, err := tx.Exec(ctx, deleteRow, v.ID); err != nil {
			return fmt.Errorf("delete value: %w", err)
		}
		tx.Emit(eventlog.Aggregate{Kind: aggregateKind, ID: v.ID, Version: v.Version + 1},
			ValueCleared{Name: v.Name, Scope: v.Scope, ScopeID: v.ScopeID, OrganizationID: v.at().within})
	}
	return nil
}
