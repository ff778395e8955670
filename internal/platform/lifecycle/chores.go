package lifecycle

import (
	"context"
	"log/slog"
	"time"
)

// Chore is something that must be done now and then: forgetting what is old,
// making partitions ahead.
type Chore struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Chores does them one after the other, each at once and then in its rhythm, until
// ctx ends. A chore that fails is logged and has its next turn. Run it under a
// lease, so that one process does them for all.
func Chores(ctx context.Context, log *slog.Logger, chores ...Chore) error {
	due := make([]time.Time, len(chores))
	for ctx.Err() == nil {
		next := time.Now().Add(time.Hour)
		for i, chore := range chores {
			if now := time.Now(); !now.Before(due[i]) && ctx.Err() == nil {
				if err := chore.Do(ctx); err != nil && ctx.Err() == nil {
					log.Warn("chore failed", "chore", chore.Name, "error", err)
				}
				due[i] = now.Add(chore.Every)
			}
			if due[i].Before(next) {
				next = due[i]
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(next)):
		}
	}
	return nil
}
