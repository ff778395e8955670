package execution_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Who waited gets what was committed, without reading it: the same as who reads it.
func TestWhoWaitsGetsWhatIsStored(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	w.nodes.run = func(e execution.Execution) {
		if err := w.end(e, exited(3)); err != nil {
			t.Error(err)
		}
	}
	user := ident.New()
	got, err := w.SubmitAndWait(w.as(user), hello(), time.Minute)
	if err != nil || got.Status != execution.Failed {
		t.Fatalf("%+v, %v", got, err)
	}
	stored, err := w.Get(w.as(user), execution.Get{ID: got.ID})
	if err != nil {
		t.Fatal(err)
	}
	stored.Input = nil // who submitted knows it
	if diff := cmp.Diff(stored, got); diff != "" {
		t.Error(diff)
	}
}
