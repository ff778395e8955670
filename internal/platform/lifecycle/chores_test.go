package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

func TestChores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		often, seldom := 0, 0
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Minute)
		defer cancel()
		err := Chores(ctx, slog.New(slog.DiscardHandler),
			Chore{"often", 10 * time.Minute, func(context.Context) error { often++; return errors.New("logged, and done again") }},
			Chore{"seldom", 5 * time.Hour, func(context.Context) error { seldom++; return nil }})
		if err != nil || often != 7 || seldom != 1 {
			t.Error(err, often, seldom)
		}
	})
}
