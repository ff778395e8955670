package boot

import (
	"context"
	"log/slog"
	"time"
)

const (
	insistFor   = time.Minute
	insistEvery = 100 * time.Millisecond
)

// insist does again what fails for less than a minute: a database that was killed is back by then, and a program that had
// got as far as this would else end because of it.
func insist(ctx context.Context, log *slog.Logger, what string, f func() error) error {
	began := time.Now()
	for {
		err := f()
		if err == nil || ctx.Err() != nil || time.Since(began) > insistFor {
			return err
		}
		log.WarnContext(ctx, "tried again in a moment", "what", what, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(insistEvery):
		}
	}
}
