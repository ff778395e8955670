package eventplane

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Level says how bad the number of open dead letters is.
type Level = eventlog.Level

// levelOf compares a number of open dead letters with the thresholds.
func levelOf(open, warning, critical int64) Level {
	switch {
	case open >= critical:
		return eventlog.LevelCritical
	case open >= warning:
		return eventlog.LevelWarning
	}
	return eventlog.LevelOK
}

func (s *Slice) thresholds(ctx context.Context, q pg.Querier) (warning, critical int64, err error) {
	if warning, err = s.needs.Settings.Int(ctx, q, "events.dead_letters.warning"); err != nil {
		return 0, 0, err
	}
	critical, err = s.needs.Settings.Int(ctx, q, "events.dead_letters.critical")
	return warning, critical, err
}

// noteLevel compares the open dead letters with the thresholds, and says so when
// the answer has changed.
type noteLevel struct{}

func (s *Slice) note(ctx context.Context, tx *command.Tx, _ noteLevel) (none struct{}, err error) {
	old, err := eventlog.LockLevel(ctx, tx.Tx)
	if err != nil {
		return none, err
	}
	open, err := eventlog.OpenDeadLetters(ctx, tx)
	if err != nil {
		return none, err
	}
	warning, critical, err := s.thresholds(ctx, tx)
	if err != nil {
		return none, err
	}
	level := levelOf(open, warning, critical)
	if level == old.Level {
		return none, nil
	}
	eventlog.StoreLevel(tx.Tx, level)
	tx.Emit(eventlog.Aggregate{Kind: levelKind, ID: old.ID, Version: old.Version + 1}, LevelChanged{Level: level, Was: old.Level, Open: open})
	return none, nil
}

// watchEvery is how old the level may be.
const watchEvery = 10 * time.Second

// Watch keeps the level up to date until ctx ends. One process is enough.
func (s *Slice) Watch(ctx context.Context) error {
	note := func() {
		if _, err := s.noteLevel(command.AsSystem(ctx, "dead-letters"), noteLevel{}); err != nil && ctx.Err() == nil {
			s.needs.Log.Warn("cannot note the level of dead letters", "error", err)
		}
	}
	note()
	lifecycle.Every(ctx, watchEvery, nil, note)
	return nil
}
