package sandbox

import (
	"sync"
	"testing"
)

// Guests are parked by demand; once it is quiet, what stays warm fits its bound, and what was used last is kept.
func TestWarmBound(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true, Parked: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	names := []string{"python@3.9", "python@3.10", "node", "perl", "ruby", "python"}
	for _, name := range names {
		rt, err := d.runtime(name)
		if err != nil || rt.warm == nil && rt.ahead == nil {
			continue
		}
		for range 3 { // several at once, until there is nothing more to learn
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() { try(t, d, Job{Runtime: name}) })
			}
			wait.Wait()
			d.current.warmer.settle()
		}
	}
	last, err := d.runtime("python")
	if err != nil {
		t.Skip("no Python on this host")
	}
	w := d.current.warmer
	count := func() (total int64, parked int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, h := range w.warm {
			total += h.bytes()
			parked = max(parked, len(h.parked))
		}
		return total, parked
	}
	if _, parked := count(); parked < 2 || parked > w.ahead {
		t.Errorf("%d guests parked after four at once, want 2 to %d", parked, w.ahead)
	}
	w.calm()
	w.settle()
	if total, parked := count(); parked > 1 || total > mostQuiet || total == 0 {
		t.Errorf("when quiet, %d guests parked and %d MB warm", parked, total>>20)
	}
	w.mu.Lock()
	kept := w.warm[kind{last.ID(), last.lean != nil}] != nil
	w.mu.Unlock()
	if !kept {
		t.Error("the runtime that was used last is not warm any more")
	}
}
