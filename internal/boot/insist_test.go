package boot

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

func TestInsisting(t *testing.T) {
	gone := errors.New("the database does not answer")
	for name, c := range map[string]struct {
		away, want time.Duration // how long it fails; when insisting ends
		err        error
	}{
		"works":         {0, 0, nil},
		"comes back":    {10 * time.Second, 10 * time.Second, nil},
		"stays away":    {time.Hour, insistFor + insistEvery, gone},
		"it is stopped": {time.Hour, 30 * time.Second, gone},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if name == "it is stopped" {
				stopped, cancel := context.WithTimeout(ctx, c.want)
				defer cancel()
				ctx = stopped
			}
			began := time.Now()
			err := insist(ctx, slog.New(slog.DiscardHandler), "test", func() error {
				if time.Since(began) < c.away {
					return gone
				}
				return nil
			})
			if took := time.Since(began); took != c.want || !errors.Is(err, c.err) {
				t.Errorf("%s: %v after %s", name, err, took)
			}
		})
	}
}
