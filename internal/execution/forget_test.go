package execution_test

import (
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestWhatAProjectDoesNotKeepIsForgotten(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	w.join(2)
	old, running := w.submit(ann, hello()), w.submit(ann, hello())
	if err := w.end(old, exited(0)); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(3 * time.Hour)
	young := w.submit(ann, hello())
	if err := w.end(young, exited(0)); err != nil {
		t.Fatal(err)
	}
	gone := func(id ident.ID) bool {
		_, err := w.Get(w.as(ann), execution.Get{ID: id})
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		return err != nil
	}
	forget := func(hours int64) {
		w.limits["execution.retention_hours"] = hours
		if err := w.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	forget(0)
	if gone(old.ID) {
		t.Error("they are kept for ever unless something else is said")
	}
	forget(2)
	if !gone(old.ID) || gone(running.ID) || gone(young.ID) {
		t.Errorf("gone: old %v, running %v, young %v", gone(old.ID), gone(running.ID), gone(young.ID))
	}
	said, err := pg.All[string](t.Context(), w.db, `SELECT actor_kind FROM event WHERE type = 'execution.deleted.v1' AND aggregate_id = $1`, old.ID)
	if err != nil || len(said) != 1 || said[0] != "system" {
		t.Errorf("said by %v, %v", said, err)
	}
	w.checkLoad()
}
