package file

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pieces"
)

// Get names one file.
type Get struct{ ID ident.ID }

// List asks for the files of a project, newest first.
type List struct {
	ProjectID ident.ID
	Before    ident.ID // the last one of the page before; zero: from the newest
	Limit     int
}

// Page is one page of files.
type Page struct {
	Items []File
	Next  ident.ID // zero: this is the last
}

// Page sizes.
const (
	DefaultPage = 50
	MaxPage     = 200
)

// Content is a file that can be read.
type Content struct {
	File
	io.ReadSeeker // reads from the database, piece by piece
}

func (s *Slice) list(ctx context.Context, q command.Query, in List) (Page, error) {
	n := DefaultPage
	if in.Limit > 0 {
		n = min(in.Limit, MaxPage)
	}
	var before *ident.ID
	if !in.Before.IsZero() {
		before = &in.Before
	}
	found, err := pg.All[File](ctx, q, selectPage, q.Scope.Project, before, n+1)
	if err != nil {
		return Page{}, fmt.Errorf("list files: %w", err)
	}
	p := Page{Items: found}
	if len(found) > n {
		p.Items, p.Next = found[:n], found[n-1].ID
	}
	return p, nil
}

func (s *Slice) get(ctx context.Context, q command.Query, in Get) (File, error) {
	return find(ctx, q, in.ID)
}

func (s *Slice) read(ctx context.Context, q command.Query, in Get) (Content, error) {
	found, err := find(ctx, q, in.ID)
	if err != nil {
		return Content{}, err
	}
	read := func(seq int) ([]byte, error) {
		all, err := pg.All[[]byte](context.WithoutCancel(ctx), s.runner.DB, selectPiece, found.ID, seq)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return all[0], nil
	}
	return Content{found, pieces.New(found.Size, piece, read)}, nil
}

// Find looks for a file in the project that a command of another slice acts in, for
// a caller who may read files there. read gives its content, whole.
func (s *Slice) Find(ctx context.Context, tx *command.Tx, id ident.ID) (size int64, sha256 []byte, read func(context.Context) ([]byte, error), err error) {
	if err := tx.May("file.content"); err != nil {
		return 0, nil, nil, err
	}
	found, err := find(ctx, tx, id)
	if err == nil && found.ProjectID != tx.Scope.Project || isGone(err) {
		return 0, nil, nil, fault.New(fault.NotFound, "file.not_found", "The project has no file %s.", id)
	}
	return found.Size, found.SHA256, func(ctx context.Context) ([]byte, error) {
		all, err := pg.All[[]byte](ctx, tx, selectPieces, id)
		content := bytes.Join(all, nil)
		if err == nil && int64(len(content)) != found.Size {
			err = fault.New(fault.NotFound, "file.not_found", "The file %s was deleted meanwhile.", id)
		}
		return content, err
	}, err
}

// together is how many pieces are given at once.
const together = 4

// Piece gives what follows an offset in a project's content: up to a MiB, nothing past the end. Who may have it is for the
// caller to know.
func (s *Slice) Piece(ctx context.Context, project ident.ID, sha256 []byte, offset int64) ([]byte, error) {
	type part struct {
		Size    int64  `db:"size"`
		Content []byte `db:"content"`
	}
	parts, err := pg.All[part](ctx, s.runner.DB, selectSome, project, sha256, int32(min(offset/piece, math.MaxInt32-together)), together) //nolint:gosec // bounded
	if err != nil {
		return nil, fmt.Errorf("read a piece of a file: %w", err)
	}
	if len(parts) == 0 {
		return nil, fault.New(fault.NotFound, "file.not_found", "The project has this content no more.")
	}
	content := make([]byte, 0, together*piece)
	for _, p := range parts {
		content = append(content, p.Content...)
	}
	return content[min(offset%piece, int64(len(content))):], nil
}

func isGone(err error) bool { return err != nil && fault.KindOf(err) == fault.NotFound }
