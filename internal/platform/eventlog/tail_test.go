package eventlog

import (
	"strconv"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// TestTailEqualsTheLog reads on from every distance, while the tail forgets.
func TestTailEqualsTheLog(t *testing.T) {
	w := newWorld(t)
	const total = 2*tailReach + 700
	a, version := ident.New(), int64(0)
	grow := func(n int) {
		var events []Event
		for range n {
			version++
			e := happened(a, version)
			if version%7 == 0 {
				e.Type = "test.seventh.v1"
			}
			events = append(events, e)
		}
		w.commit(events...)
		w.sequence()
	}
	grow(300)
	_, err := w.tail.advance(t.Context()) // begins at the head
	w.must(err)
	for version < total {
		grow(400)
		for read := tailRead; read == tailRead; {
			read, err = w.tail.advance(t.Context())
			w.must(err)
		}
	}
	if w.tail.Head() != version || w.tail.base < 300 || len(w.tail.entries) > 2*tailReach+tailRead {
		t.Fatalf("head %d, base %d, %d entries", w.tail.Head(), w.tail.base, len(w.tail.entries))
	}
	for _, start := range []int64{0, 299, 300, w.tail.base - 1, w.tail.base, w.tail.base + 1, version - 3, version} {
		for _, f := range []Filter{{}, {Types: []string{"test.seventh.v1"}}} {
			want := (version - start)
			if f.Types != nil {
				want = version/7 - start/7
			}
			got, position := int64(0), start
			for {
				entries, through, err := w.tail.After(t.Context(), position, 150, f)
				w.must(err)
				for _, e := range entries {
					if e.Position <= position || e.Position > through || !f.Match(e.Event) {
						t.Fatalf("position %d after %d through %d", e.Position, position, through)
					}
					if e.Frame().ID != strconv.FormatInt(e.Position, 10) {
						t.Fatalf("frame %+v", e.Frame())
					}
					got++
				}
				if through == position {
					break
				}
				position = through
			}
			if got != want || position != version {
				t.Errorf("from %d: %d events, want %d; at %d", start, got, want, position)
			}
		}
	}
}

func TestTailFollows(t *testing.T) {
	w := newWorld(t)
	w.follow()
	w.eventually("the tail has started", func() bool { _, ok := w.tail.recent(0); return ok })
	grown, cancel := w.tail.Grown()
	defer cancel()
	w.commit(happened(ident.New(), 1))
	<-grown
	if entries, _, err := w.tail.After(t.Context(), 0, 10, Filter{}); err != nil || len(entries) != 1 {
		t.Error(entries, err)
	}
}
