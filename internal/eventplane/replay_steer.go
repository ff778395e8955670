package eventplane

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// StartReplay starts one that has not, pause and resume stop it for a while (or go on
// after a failure), cancel for good.
type (
	StartReplay  struct{ ID ident.ID }
	PauseReplay  struct{ ID ident.ID }
	ResumeReplay struct{ ID ident.ID }
	CancelReplay struct{ ID ident.ID }

	// beginReplay starts a scheduled one, endReplay ends a running one, if it is still that
	// holder's: Stoa itself does both.
	beginReplay struct{ ID ident.ID }
	endReplay   struct {
		ID     ident.ID
		Epoch  int64
		Status ReplayStatus
		Reason string
	}
)

func (s *Slice) startReplay(ctx context.Context, tx *command.Tx, c StartReplay) (Replay, error) {
	return s.move(ctx, tx, c.ID, Running, "", Preview, Created, Scheduled)
}

func (s *Slice) pauseReplay(ctx context.Context, tx *command.Tx, c PauseReplay) (Replay, error) {
	return s.move(ctx, tx, c.ID, Paused, "", Running)
}

func (s *Slice) resumeReplay(ctx context.Context, tx *command.Tx, c ResumeReplay) (Replay, error) {
	return s.move(ctx, tx, c.ID, Running, "", Paused, Failed)
}

func (s *Slice) cancelReplay(ctx context.Context, tx *command.Tx, c CancelReplay) (Replay, error) {
	return s.move(ctx, tx, c.ID, Cancelled, "", Preview, Created, Scheduled, Running, Paused, Failed)
}

func (s *Slice) beginReplay(ctx context.Context, tx *command.Tx, c beginReplay) (Replay, error) {
	return s.move(ctx, tx, c.ID, Running, "", Scheduled)
}

func (s *Slice) endReplay(ctx context.Context, tx *command.Tx, c endReplay) (Replay, error) {
	switch err := moves(tx.Exec(ctx, lockOurs, c.ID, c.Epoch)); {
	case errors.Is(err, errTaken): // paused or cancelled at its very end, or another process has it
		return Replay{}, nil
	case err != nil:
		return Replay{}, fmt.Errorf("lock replay: %w", err)
	}
	return s.move(ctx, tx, c.ID, c.Status, c.Reason, Running)
}

// move brings a replay from one of some statuses to another.
func (s *Slice) move(ctx context.Context, tx *command.Tx, id ident.ID, to ReplayStatus, reason string, from ...ReplayStatus) (Replay, error) {
	r, err := lockedReplay(ctx, tx, id)
	if err != nil {
		return r, err
	}
	if !slices.Contains(from, r.Status) || !r.MayBecome(to) {
		return r, fault.New(fault.Conflict, "replay.status", "The replay is %s: it cannot become %s now.", r.Status, to)
	}
	was := r.Status
	r.Status, r.Reason, r.Version = to, reason, r.Version+1
	switch {
	case to == Running:
		r.EndedAt = nil
		if r.StartedAt == nil {
			r.StartedAt = &tx.Now
		}
		tx.AfterCommit(s.replayBell.Ring)
	case to != Paused:
		r.EndedAt = &tx.Now
	}
	tx.Defer(moveReplay, r.ID, r.Version, r.Status, r.Reason, r.StartedAt, r.EndedAt)
	tx.Emit(eventlog.Aggregate{Kind: replayKind, ID: r.ID, Version: r.Version}, ReplayMoved{Status: to, Was: was, Sent: r.Sent, Failed: r.Failed, OwnerID: r.CreatedBy})
	return r, nil
}
