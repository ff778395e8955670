package eventlog

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestSequencerGivesGaplessPositions(t *testing.T) {
	w := newWorld(t)
	a, b := ident.New(), ident.New()
	w.commit(happened(a, 1), happened(b, 1))
	w.sequence()
	w.commit(happened(a, 2))
	w.sequence()
	events, through, err := Read(t.Context(), w.db, 0, 10, Filter{})
	w.must(err)
	var got []int64
	for _, e := range events {
		got = append(got, e.Position)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, got); diff != "" || through != 3 {
		t.Error(diff, through)
	}
}

func TestAStaleSequencerChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.commit(happened(ident.New(), 1))
	_, err := w.db.Exec(t.Context(), claimSequencer, 7)
	w.must(err)
	if _, err := w.seq.move(t.Context(), 6); !errors.Is(err, ErrStale) {
		t.Errorf("want ErrStale, got %v", err)
	}
	if n, err := w.seq.move(t.Context(), 7); err != nil || n != 1 {
		t.Error(n, err)
	}
	if err := w.seq.Lead(t.Context(), 6); !errors.Is(err, ErrStale) {
		t.Errorf("want ErrStale, got %v", err)
	}
}
