package eventplane

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ListReplays asks for replays, newest first.
type ListReplays struct {
	Status ReplayStatus // empty: any
	Before ident.ID
	Limit  int
}

// GetReplay asks for one replay, ReplayFile for what it wrote.
type (
	GetReplay  struct{ ID ident.ID }
	ReplayFile struct{ ID ident.ID }
)

func (s *Slice) replays(ctx context.Context, q command.Query, in ListReplays) ([]Replay, error) {
	everybodys, own, err := s.managed(q.Actor)
	if err != nil {
		return nil, err
	}
	all, err := pg.All[Replay](ctx, q, selectReplays, in.Status, in.Before, in.Limit, everybodys, own)
	if err != nil {
		return nil, fmt.Errorf("list replays: %w", err)
	}
	return all, nil
}

func (s *Slice) getReplay(ctx context.Context, q command.Query, in GetReplay) (Replay, error) {
	r, err := pg.One[Replay](ctx, q, selectReplay, in.ID)
	if err != nil {
		return r, fmt.Errorf("read replay: %w", command.NotFoundIfNoRows(err))
	}
	return r, nil
}

func (s *Slice) replayFile(ctx context.Context, q command.Query, in ReplayFile) (Replay, error) {
	r, err := s.getReplay(ctx, q, GetReplay(in))
	if err == nil && r.Target != ToFile {
		err = fault.New(fault.NotFound, "replay.no_file", "This replay writes no file: its target is %s.", r.Target)
	}
	return r, err
}

// CopyFile writes what a replay into a file has written so far, chunk by chunk.
func (s *Slice) CopyFile(ctx context.Context, w io.Writer, id ident.ID) error {
	for position := int64(0); ; {
		chunk, err := pg.One[struct {
			Position int64  `db:"position"`
			Body     []byte `db:"body"`
		}](ctx, s.db, nextChunk, id, position)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a replay's file: %w", err)
		}
		if _, err := w.Write(chunk.Body); err != nil {
			return err
		}
		position = chunk.Position
	}
}
