package preference

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	forgetState     = `DELETE FROM preference WHERE user_id = $1`
	forgetChanges   = `DELETE FROM preference_change WHERE user_id = $1`
	forgetSnapshots = `DELETE FROM preference_snapshot WHERE user_id = $1`
)

// Forget deletes somebody's preferences with their history, in the transaction that
// deletes their account.
func Forget(ctx context.Context, tx *pg.Tx, user ident.ID) error {
	for _, sql := range []string{forgetState, forgetChanges, forgetSnapshots} {
		if _, err := tx.Exec(ctx, sql, user); err != nil {
			return fmt.Errorf("forget preferences: %w", err)
		}
	}
	return nil
}
