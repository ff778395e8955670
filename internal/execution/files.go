package execution

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Files are the uploads that a submit may name in place of contents.
type Files interface {
	// Find looks for one in the project that the transaction acts in; a fault that names it where it is not there, or not for
	// the caller. read gives its content, whole.
	Find(ctx context.Context, tx *command.Tx, id ident.ID) (size int64, sha256 []byte, read func(context.Context) ([]byte, error), err error)
	// Piece gives what follows an offset in a project's content, as much as is convenient; nothing past the end. A fault says
	// that the project has it no more.
	Piece(ctx context.Context, project ident.ID, sha256 []byte, offset int64) ([]byte, error)
}

// withFiles is an input in which every file has its content, or is one that the node fetches. What was named is copied, in
// the transaction that accepts the execution, as long as all together is no more than a request may carry; else it stays
// named, by its content's hash. Sizes are added up before anything is read.
func (s *Slice) withFiles(ctx context.Context, tx *command.Tx, who Subject, bounds Limits, in Input) (Input, error) {
	named := func(f File) bool { return !f.FileID.IsZero() }
	if !slices.ContainsFunc(in.Files, named) {
		return in, nil
	}
	in.Files = slices.Clone(in.Files) // the transaction may be tried again
	all := int64(len(in.Stdin))
	reads := make([]func(context.Context) ([]byte, error), len(in.Files))
	for i := range in.Files {
		f := &in.Files[i]
		all += int64(len(f.Content))
		if named(*f) {
			var err error
			if f.Size, f.SHA256, reads[i], err = s.files.Find(ctx, tx, f.FileID); err != nil {
				return in, fmt.Errorf("find the file for %s: %w", f.Path, err)
			}
			all += f.Size
		}
	}
	if all > maxBytes {
		return in, s.fitFiles(ctx, tx, who, bounds, all)
	}
	for i, read := range reads {
		f := File{Path: in.Files[i].Path, Content: in.Files[i].Content}
		if read != nil {
			var err error
			if f.Content, err = read(ctx); err != nil {
				return in, fmt.Errorf("read the file for %s: %w", f.Path, err)
			}
		}
		in.Files[i] = f
	}
	return in, nil
}

// fitFiles refuses a run whose files cannot all lie in its folder, which is in its memory.
func (s *Slice) fitFiles(ctx context.Context, tx *command.Tx, who Subject, bounds Limits, all int64) error {
	for _, l := range []struct {
		maximum string
		field   string // of the request's limits; none: it cannot ask for more
		has     int64
		says    string
	}{
		{"execution.input.max_bytes", "", 0, "The files and stdin have %s together; at most %s are allowed."},
		{"execution.disk.max_bytes", "disk_bytes", bounds.DiskBytes, "The files and stdin have %s together, and the run's disk only %s."},
		{"execution.memory.max_bytes", "memory_bytes", bounds.MemoryBytes, "The files and stdin have %s together, which count as memory, and the run has only %s of it."},
	} {
		maximum, err := s.limits.Int(ctx, tx, l.maximum, who)
		if err != nil {
			return err
		}
		switch {
		case all > maximum.Int():
			return maximum.Refuse("execution.input_too_large", l.says, sized(all), sized(maximum.Int()))
		case l.field != "" && all > l.has:
			bad := invalid().At("body.limits."+l.field, fmt.Sprintf("is less than the files have; ask for up to %d", maximum.Int()))
			bad.Message = fmt.Sprintf(l.says, sized(all), sized(l.has))
			return bad
		}
	}
	return nil
}

// Fetched are the hashes of what the node fetches.
func (in Input) Fetched() [][]byte {
	var all [][]byte
	for _, f := range in.Files {
		if len(f.SHA256) > 0 {
			all = append(all, f.SHA256)
		}
	}
	return all
}

// ReadFile gives a node a piece of a file that an attempt names which it holds now. Each piece is asked for anew, so
// that an attempt that was fenced off reads no further.
func (s *Slice) ReadFile(ctx context.Context, from ident.ID, ref node.TaskRef, sha256 []byte, offset int64) ([]byte, error) {
	project, err := s.store.Fetches(ctx, s.runner.DB, from, Attempt{ID: ref.ID, Attempt: ref.Attempt}, sha256)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, node.ErrStale
	}
	if err != nil {
		return nil, fmt.Errorf("look for the attempt that names the file: %w", err)
	}
	return s.files.Piece(ctx, project, sha256, offset)
}
