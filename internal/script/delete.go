package script

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Delete removes a script with every version. What ran of it stays.
type Delete struct{ ID ident.ID }

func (s *Slice) remove(ctx context.Context, tx *command.Tx, c Delete) (struct{}, error) {
	found, err := lock(ctx, tx, c.ID)
	if err != nil {
		return struct{}{}, err
	}
	tx.Defer(deleteOne, found.ID)
	tx.Emit(found.changed(tx.Now), Deleted{})
	return struct{}{}, nil
}
