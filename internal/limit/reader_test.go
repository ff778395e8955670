package limit

import (
	"context"
	"errors"
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

// What a transaction changed and took back is nobody else's, for no moment: the change
// after it has the same revision.
func TestWhatIsRolledBackIsNeverKept(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 7)
	w.effective(t, "execution.concurrent", Subject{})
	w.Reader.heard() // the next one looks, whoever it is
	undone := errors.New("never mind")
	err := w.db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		if _, err := lock(ctx, tx, "execution.concurrent"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE limit_value SET number = 99 WHERE name = 'execution.concurrent' AND scope = 'global'`); err != nil {
			return err
		}
		v, err := w.Reader.Effective(ctx, tx, "execution.concurrent", Subject{})
		if err == nil && v.Number != 99 {
			t.Errorf("within, it is %d", v.Number)
		}
		if v := w.effective(t, "execution.concurrent", Subject{}); v.Number != 7 {
			t.Errorf("before the end, others have %d", v.Number)
		}
		return errors.Join(err, undone)
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if v := w.effective(t, "execution.concurrent", Subject{}); v.Number != 7 {
		t.Errorf("afterwards others have %d", v.Number)
	}
	// As another replica does it, whose hint is lost: with the revision that was rolled back.
	if _, err := w.db.Exec(t.Context(), `UPDATE limit_value SET number = 8 WHERE name = 'execution.concurrent' AND scope = 'global'`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), countUp); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(recheck)
	if v := w.effective(t, "execution.concurrent", Subject{}); v.Number != 8 {
		t.Errorf("after the next change it is %d", v.Number)
	}
}
