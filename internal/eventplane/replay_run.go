package eventplane

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

const (
	lookEvery     = time.Second // for replays that another process started, and for pauses while waiting
	replaysAtOnce = 8
	maxReason     = 500 // characters
)

// errTaken says that a replay is no longer ours to move: paused, cancelled, or
// another process has it.
var errTaken = errors.New("the replay is not ours any more")

func (s *Slice) wakeReplays() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// RunReplays runs what is running and starts what is due, until ctx ends. The epoch is
// the lease's: replays that an earlier holder ran go on from where they are stored.
func (s *Slice) RunReplays(ctx context.Context, epoch int64) error {
	var mu sync.Mutex
	var all sync.WaitGroup
	defer all.Wait()
	busy := map[ident.ID]bool{}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		due, err := pg.All[ident.ID](ctx, s.db, selectDue, s.needs.Runner.Clock())
		if err != nil && ctx.Err() == nil {
			s.needs.Log.Warn("cannot look for replays", "error", err)
		}
		mu.Lock()
		for _, id := range due {
			if busy[id] || len(busy) == replaysAtOnce {
				continue
			}
			busy[id] = true
			all.Go(func() {
				if err := s.runReplay(ctx, id, epoch); err != nil && ctx.Err() == nil && !errors.Is(err, errTaken) {
					s.needs.Log.Warn("replay stumbled", "replay", id, "error", err)
				}
				mu.Lock()
				defer mu.Unlock()
				delete(busy, id)
			})
		}
		mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
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
	if tag, err := s.db.Exec(ctx, claimReplay, id, epoch); err != nil || tag.RowsAffected() == 0 {
		return errors.Join(err, errTaken)
	}
	run := &replayRun{Slice: s, Replay: r, epoch: epoch}
	err = run.all(ctx)
	if ctx.Err() != nil || errors.Is(err, errTaken) {
		return err
	}
	end := endReplay{ID: id, Status: Completed}
	if refused, ok := errors.AsType[*refusal](err); ok {
		end.Status, end.Reason = Failed, plain.Text(refused.Error(), maxReason)
	} else if err != nil {
		return err
	}
	if _, err = s.end(own, end); fault.KindOf(err) == fault.Conflict {
		return nil // somebody paused or cancelled it at its very end
	}
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

// refusal is the target's.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }

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
			if running, err := pg.One[bool](ctx, r.db, stillRunning, r.ID, r.epoch); err != nil || !running {
				return errors.Join(err, errTaken)
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
	if _, refused := errors.AsType[*refusal](err); !refused {
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
		if tag, err := tx.Exec(ctx, lockRunning, r.ID, r.epoch, r.Position); err != nil || tag.RowsAffected() == 0 {
			return errors.Join(err, errTaken)
		}
		if f != nil {
			if err := f(ctx, tx); err != nil {
				return err
			}
		}
		tx.Defer(moveProgress, r.ID, r.epoch, position, sent, failed)
		return nil
	})
	if _, refused := errors.AsType[*refusal](err); refused || errors.Is(err, errTaken) {
		return err
	}
	if err != nil {
		return fmt.Errorf("note a replay's progress: %w", err)
	}
	r.Position, r.Sent, r.Failed = position, r.Sent+int64(sent), r.Failed+int64(failed)
	return nil
}
