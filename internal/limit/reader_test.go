package limit

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// held stops its first question until it is let go.
type held struct {
	pg.Querier
	asked, goOn chan struct{}
}

func (h held) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	close(h.asked)
	<-h.goOn
	return h.Querier.QueryRow(ctx, sql, args...)
}

// Who changed a value reads the new one next, also while somebody else is still looking.
func TestAChangeIsSeenWhileAnotherLooks(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 7)
	w.effective(t, "execution.concurrent", Subject{})
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 8)
	slow := held{w.db, make(chan struct{}), make(chan struct{})}
	done := make(chan error)
	go func() {
		_, err := w.Reader.Effective(context.Background(), slow, "execution.concurrent", Subject{})
		done <- err
	}()
	<-slow.asked
	if v := w.effective(t, "execution.concurrent", Subject{}); v.Number != 8 {
		t.Errorf("%d is of before the change", v.Number)
	}
	close(slow.goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
