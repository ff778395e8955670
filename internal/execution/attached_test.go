package execution_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

type seat struct {
	ID     ident.ID
	Writes bool
}

// sees checks who is attached, as a replica tells it.
func (w *world) sees(from *execution.Slice, reader ident.ID, id ident.ID, want ...seat) {
	w.t.Helper()
	d, err := from.Get(w.as(reader), execution.Get{ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	var got []seat
	for _, a := range d.Attached {
		if a.Since.IsZero() {
			w.t.Errorf("%+v is attached since ever", a)
		}
		got = append(got, seat{a.AccountID, a.Writes})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Error(diff)
	}
}

// Two replicas serve the connections; one of them dies and leaves nobody behind.
func TestWhoIsAttachedIsSeenOnEveryReplica(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	owner, watcher := ident.New(), ident.New()
	e := w.submit(owner, asking())
	other := w.replica()
	came := make(chan struct{}, 8)
	sub, err := other.Live().Watch(e.ID, func(f execution.LiveFrame) {
		if f.Kind == execution.LiveAttached {
			came <- struct{}{}
		}
	}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sub.Close() })
	told := func() {
		t.Helper()
		select {
		case <-came:
		case <-time.After(30 * time.Second):
			t.Fatal("nobody was told")
		}
	}

	w.sees(other, owner, e.ID)
	first := w.Join(w.as(owner), e.ID, true)
	told()
	gone, hangUp := context.WithCancel(w.as(watcher))
	second := other.Join(gone, e.ID, false)
	told()
	both := []seat{{owner, true}, {watcher, false}}
	w.sees(w.Slice, owner, e.ID, both...)
	w.sees(other, watcher, e.ID, both...)

	// One whose connection is gone leaves all the same.
	hangUp()
	second.Leave(gone)
	told()
	w.sees(w.Slice, owner, e.ID, both[:1]...)

	// The first one's replica is silent for longer than the lease.
	third := other.Join(w.as(watcher), e.ID, false)
	told()
	if _, err := w.db.Exec(t.Context(), `UPDATE execution_attachment SET until = now() WHERE id = $1`, first.ID); err != nil {
		t.Fatal(err)
	}
	w.sees(other, watcher, e.ID, both[1])
	w.ReconcileOnce(t.Context())
	left, err := pg.All[ident.ID](t.Context(), w.db, `SELECT id FROM execution_attachment`)
	if err != nil || !slices.Equal(left, []ident.ID{third.ID}) {
		t.Errorf("left are %v, %v", left, err)
	}
	// It was only slow: it is seen again.
	first.Renew(w.as(owner))
	w.sees(w.Slice, owner, e.ID, both[1], both[0])

	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	w.sees(w.Slice, owner, e.ID)
	// Deleted meanwhile: telling so fails, and harms nobody.
	if _, err := w.Delete(w.as(owner), execution.Delete{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	third.Renew(w.as(watcher))
	third.Leave(w.as(watcher))
}
