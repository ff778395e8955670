package preference

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Kind is the aggregate's name in events and audit records.
const Kind = "preference"

// Current is a person's preferences as they are.
type Current struct {
	Version     int64 // 0: nothing was ever changed
	UpdatedAt   time.Time
	Preferences Preferences
}

// Change is one step of the history.
type Change struct {
	Version   int64          `db:"version"`
	ChangedAt time.Time      `db:"changed_at"`
	Patch     map[string]any `db:"patch"`
	Restored  *int64         `db:"restored"`
}

// History asks for the caller's changes, the newest first.
type History struct {
	Before int64 // the last version of the page before
	Limit  int
}

// Slice is everything that can be done with preferences: each person's own.
type Slice struct {
	Get     command.Func[struct{}, Current]
	Change  command.Func[Patch, Current]
	Restore command.Func[Restore, Current]
	History command.Func[History, []Change]
}

// New binds the slice's commands and queries.
func New(r *command.Runner) *Slice {
	s := &Slice{}
	s.Get = command.BindQuery(r, command.QuerySpec[struct{}]{Name: "preference.get", Scope: own[struct{}]}, get)
	s.Change = command.Bind(r, command.Spec[Patch]{Name: "preference.change", Scope: command.OwnScope[Patch]}, change)
	s.Restore = command.Bind(r, command.Spec[Restore]{Name: "preference.restore", Scope: command.OwnScope[Restore]}, restore)
	s.History = command.BindQuery(r, command.QuerySpec[History]{Name: "preference.history", Scope: own[History]}, history)
	return s
}

func own[Q any](_ context.Context, _ pg.Querier, actor command.Actor, _ Q) (command.Scope, error) {
	return command.Scope{Owner: actor.ID}, nil
}

type row struct {
	Version   int64          `db:"version"`
	UpdatedAt time.Time      `db:"updated_at"`
	State     map[string]any `db:"state"`
}

func (r row) current() (Current, error) {
	p, err := read(r.State)
	return Current{Version: r.Version, UpdatedAt: r.UpdatedAt, Preferences: p}, err
}

func get(ctx context.Context, q command.Query, _ struct{}) (Current, error) {
	found, err := pg.One[row](ctx, q, selectState, q.Actor.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Current{Preferences: Defaults()}, nil
	}
	if err != nil {
		return Current{}, fmt.Errorf("read preferences: %w", err)
	}
	return found.current()
}

func history(ctx context.Context, q command.Query, in History) ([]Change, error) {
	limit := in.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	return pg.All[Change](ctx, q, selectPage, q.Actor.ID, in.Before, limit)
}

// lock takes the person's row, which the first change makes.
func lock(ctx context.Context, tx *command.Tx) (row, error) {
	found, err := pg.One[row](ctx, tx, lockState, tx.Actor.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err = tx.Exec(ctx, makeState, tx.Actor.ID, tx.Now); err == nil {
			found, err = pg.One[row](ctx, tx, lockState, tx.Actor.ID)
		}
	}
	if err != nil {
		return found, fmt.Errorf("lock preferences: %w", err)
	}
	return found, nil
}

// stateAt folds the changes up to a version, from the nearest snapshot on.
func stateAt(ctx context.Context, q pg.Querier, user ident.ID, version int64) (map[string]any, error) {
	type snapshot struct {
		Version int64          `db:"version"`
		State   map[string]any `db:"state"`
	}
	from, err := pg.OneOrZero[snapshot](ctx, q, nearest, user, version)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	changes, err := pg.All[Change](ctx, q, selectUpTo, user, from.Version, version)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	state := from.State
	for _, c := range changes {
		state = merge(state, c.Patch)
	}
	return state, nil
}
