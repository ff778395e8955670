package execution

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Files are the uploads that a submit may name in place of contents.
type Files interface {
	// Find looks for one in the project that the transaction acts in; a fault that names it where it is not there, or not for
	// the caller. read gives its content, whole.
	Find(ctx context.Context, tx *command.Tx, id ident.ID) (size int64, read func(context.Context) ([]byte, error), err error)
}

// withFiles is an input in which every file has its content: what was named is copied, in the transaction that accepts the
// execution. Sizes are added up before anything is read.
func (s *Slice) withFiles(ctx context.Context, tx *command.Tx, in Input) (Input, error) {
	named := func(f File) bool { return !f.FileID.IsZero() }
	if !slices.ContainsFunc(in.Files, named) {
		return in, nil
	}
	in.Files = slices.Clone(in.Files) // the transaction may be tried again
	left := int64(maxBytes - len(in.Stdin))
	reads := make([]func(context.Context) ([]byte, error), len(in.Files))
	for i, f := range in.Files {
		size := int64(len(f.Content))
		if named(f) {
			var err error
			if size, reads[i], err = s.files.Find(ctx, tx, f.FileID); err != nil {
				return in, fmt.Errorf("find the file for %s: %w", f.Path, err)
			}
		}
		left -= size
	}
	if left < 0 {
		return in, invalid().At("body.files", tooLarge)
	}
	for i, read := range reads {
		if read == nil {
			continue
		}
		content, err := read(ctx)
		if err != nil {
			return in, fmt.Errorf("read the file for %s: %w", in.Files[i].Path, err)
		}
		in.Files[i] = File{Path: in.Files[i].Path, Content: content}
	}
	return in, nil
}
