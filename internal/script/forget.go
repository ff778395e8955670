package script

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const forgetOwn = `DELETE FROM script WHERE owner_id = $1 AND NOT shared`

// Forget deletes somebody's own scripts in the transaction that deletes their account.
// What they shared stays with the project.
func Forget(ctx context.Context, tx *pg.Tx, user ident.ID) error {
	if _, err := tx.Exec(ctx, forgetOwn, user); err != nil {
		return fmt.Errorf("forget scripts: %w", err)
	}
	return nil
}
