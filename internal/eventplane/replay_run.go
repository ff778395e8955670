package eventplane

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	replaysAtOnce = 8
	maxReason     = 500 // characters
)

// RunReplays runs what is running and starts what is due, until ctx ends. The epoch is
// the lease's: replays that an earlier holder ran go on from where they are stored.
func (s *Slice) RunReplays(ctx context.Context, epoch int64) error {
	return s.perform(ctx, duty{
		what: "replay", most: replaysAtOnce, wake: s.replayBell,
		find: func(ctx context.Context) ([]ident.ID, error) {
			return pg.All[ident.ID](ctx, s.db, selectDue, s.needs.Runner.Clock())
		},
		do: func(ctx context.Context, id ident.ID) error { return s.runReplay(ctx, id, epoch) },
	})
}

// runReplay gives one replay's events to its target until they are through.
func (s *Slice) runReplay(ctx context.Context, id ident.ID, epoch int64) error {
	r, err := pg.One[Replay](ctx, s.db, selectReplay, id)
	if err != nil {
		return err
	}
	own := command.AsSystem(ctx, "replay-"+id.String())
	if r.Status == Scheduled {
		if r, err = s.begin(own, beginReplay{id}); err != nil {
			return err
		}
	}
	if err := moves(s.db.Exec(ctx, claimReplay, id, epoch)); err != nil {
		return err
	}
	run := &replayRun{Slice: s, Replay: r, epoch: epoch}
	err = run.all(ctx)
	end := endReplay{ID: id, Epoch: epoch, Status: Completed}
	switch {
	case ctx.Err() != nil || err != nil && !refused(err):
		return err
	case err != nil:
		end.Status, end.Reason = Failed, plain.Text(err.Error(), maxReason)
	}
	_, err = s.end(own, end)
	return err
}

// replayRun is one replay during one term of the lease.
type replayRun struct {
	*Slice
	Replay
	epoch int64

	// Of a paced one: when the first of its events happened, and when it was given.
	happened, began time.Time
}

func (r *replayRun) all(ctx context.Context) error {
	for {
		left := r.MaxEvents - r.Sent - r.Failed
		if left <= 0 {
			return nil
		}
		events, err := eventlog.ReadRange(ctx, r.db, r.Position, r.Through, int(min(left, int64(r.Batch))), r.filter())
		if err != nil || len(events) == 0 {
			return err
		}
		for i := range events {
			events[i].Replay = r.ID
		}
		due, wait := r.due(events)
		if wait > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(min(wait, lookEvery)):
			}
			if err := r.stillOurs(ctx, stillRunning, r.ID, r.epoch); err != nil {
				return err
			}
			continue
		}
		if err := r.give(ctx, due); err != nil {
			return err
		}
	}
}

// due tells which of the events have their time now, or how long until the first has.
func (r *replayRun) due(events []eventlog.Event) ([]eventlog.Event, time.Duration) {
	if r.Speed == 0 {
		return events, 0
	}
	if r.began.IsZero() {
		r.happened, r.began = events[0].Time, time.Now()
	}
	passed := time.Since(r.began)
	for i, e := range events {
		at := time.Duration(float64(e.Time.Sub(r.happened)) / r.Speed)
		if at <= passed {
			continue
		}
		if i == 0 {
			return nil, at - passed
		}
		return events[:i], 0
	}
	return events, 0
}

// give hands events to the target and moves the replay's place.
func (r *replayRun) give(ctx context.Context, events []eventlog.Event) error {
	err := r.try(ctx, events)
	if !refused(err) {
		return err
	}
	if len(events) > 1 && r.Target == ToConsumer { // find out which one
		for i := range events {
			if err := r.give(ctx, events[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	if !r.SkipErrors {
		return err
	}
	return r.progress(ctx, events, 0, len(events), nil)
}

// try gives events once (a callback: a few times) and notes it.
func (r *replayRun) try(ctx context.Context, events []eventlog.Event) error {
	switch r.Target {
	case ToConsumer:
		return r.progress(ctx, events, len(events), 0, func(ctx context.Context, tx *pg.Tx) error {
			for _, e := range events {
				if err := r.needs.Letters.Again(ctx, tx, r.Consumer, e); err != nil {
					if eventlog.IsFailure(err) {
						return &refusal{err}
					}
					return err
				}
			}
			return nil
		})
	case ToFile:
		lines, err := jsonLines(events)
		if err != nil {
			return err
		}
		return r.progress(ctx, events, len(events), 0, func(_ context.Context, tx *pg.Tx) error {
			tx.Defer(insertChunk, r.ID, events[len(events)-1].Position, lines)
			return nil
		})
	case ToCallback:
		if err := r.call(ctx, events); err != nil {
			return err
		}
	case ToBus:
		if err := r.publish(events); err != nil {
			return err
		}
	}
	crash.Point("replay.given")
	return r.progress(ctx, events, len(events), 0, nil)
}

// progress moves the replay's place, together with what f writes, while the replay
// runs and is ours.
func (r *replayRun) progress(ctx context.Context, events []eventlog.Event, sent, failed int, f func(ctx context.Context, tx *pg.Tx) error) error {
	position := events[len(events)-1].Position
	err := r.db.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		if err := moves(tx.Exec(ctx, lockRunning, r.ID, r.epoch, r.Position)); err != nil {
			return err
		}
		if f != nil {
			if err := f(ctx, tx); err != nil {
				return err
			}
		}
		tx.Defer(moveProgress, r.ID, r.epoch, position, sent, failed)
		return nil
	})
	if refused(err) {
		return err
	}
	if err != nil {
		return fmt.Errorf("note a replay's progress: %w", err)
	}
	r.Position, r.Sent, r.Failed = position, r.Sent+int64(sent), r.Failed+int64(failed)
	return nil
}
