package eventplane

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// lookEvery is how long it may take to find what another process started or stopped.
const lookEvery = time.Second

// errTaken says that a sink or a replay is no longer ours to move: paused, changed,
// ended, or another process has it. That we cannot find out is another error.
var errTaken = errors.New("it is not ours any more")

// moves gives errTaken for a statement that changes only what is ours and changed nothing.
func moves(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return errTaken
	}
	return err
}

// stillOurs gives errTaken unless the statement answers true.
func (s *Slice) stillOurs(ctx context.Context, sql string, args ...any) error {
	ours, err := pg.One[bool](ctx, s.db, sql, args...)
	if err == nil && !ours {
		return errTaken
	}
	return err
}

// refusal is the other side's: a sink's system, or a replay's target.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refused(err error) bool {
	_, is := errors.AsType[*refusal](err)
	return is
}

// duty is what the holder of a lease has to do for all sinks, or for all replays.
type duty struct {
	what string
	most int             // at once; 0: all of them
	wake <-chan struct{} // there may be another one
	find func(ctx context.Context) ([]ident.ID, error)
	// do what there is to do for one of them. It is called again as long as find gives it.
	do func(ctx context.Context, id ident.ID) error
}

// perform does a duty until ctx ends, for each in a goroutine of its own.
func (s *Slice) perform(ctx context.Context, d duty) error {
	var mu sync.Mutex
	var all sync.WaitGroup
	defer all.Wait()
	busy := map[ident.ID]bool{}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		ids, err := d.find(ctx)
		if err != nil && ctx.Err() == nil {
			s.needs.Log.Warn("cannot look for work", "of", d.what, "error", err)
		}
		mu.Lock()
		for _, id := range ids {
			if busy[id] || d.most > 0 && len(busy) == d.most {
				continue
			}
			busy[id] = true
			all.Go(func() {
				if err := d.do(ctx, id); err != nil && ctx.Err() == nil && !errors.Is(err, errTaken) {
					s.needs.Log.Warn("stumbled", "what", d.what, "id", id, "error", err)
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
		case <-d.wake:
		case <-tick.C:
		}
	}
}
