package execution

import (
	"sync"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ends hands what End has committed to whoever waits for it in this process, so that
// nobody reads what was just written: as every command's answer, it is given after
// the commit. Who waits elsewhere, or for another kind of change, reads the row.
type ends struct {
	mu      sync.Mutex
	waiting map[ident.ID]chan Details
}

func newEnds() *ends { return &ends{waiting: map[ident.ID]chan Details{}} }

// await gives a channel that gets the end of an execution, if it comes here, and a
// function to give up. One waits for each execution: the request that submitted it.
func (w *ends) await(id ident.ID) (<-chan Details, func()) {
	ended := make(chan Details, 1)
	w.mu.Lock()
	w.waiting[id] = ended
	w.mu.Unlock()
	return ended, func() {
		w.mu.Lock()
		delete(w.waiting, id)
		w.mu.Unlock()
	}
}

// tell passes a committed end on.
func (w *ends) tell(d Details) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ended, ok := w.waiting[d.ID]; ok {
		delete(w.waiting, d.ID)
		ended <- d // has room: it is told once
	}
}
