package file

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Delete removes a file. What ran with it stays as it is.
type Delete struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) deleteFile(ctx context.Context, tx *command.Tx, c Delete) (struct{}, error) {
	found, err := lock(ctx, tx, c.ID)
	if err != nil {
		return struct{}{}, err
	}
	found.remove(tx)
	return struct{}{}, nil
}

func (f *File) remove(tx *command.Tx) {
	tx.Defer(deleteOne, f.ID)
	tx.Emit(f.changed(), Deleted{Size: f.Size})
}
