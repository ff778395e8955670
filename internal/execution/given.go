package execution

import (
	"sync"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// given remembers the rows of executions as this process committed them when it gave
// them to a node. The result is then decided on what is remembered, and stored if the
// row's version still is the same: one round trip instead of two, and the owner's
// load is locked for that much shorter. What is forgotten is read.
type given struct {
	mu   sync.Mutex
	rows map[ident.ID]Execution
}

// maxGiven bounds the memory; a node runs far fewer at once.
const maxGiven = 4096

func newGiven() *given { return &given{rows: map[ident.ID]Execution{}} }

func (g *given) put(e Execution) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.rows) == maxGiven { // of nodes that were lost
		clear(g.rows)
	}
	g.rows[e.ID] = e
}

// take gives a row once: whoever finds it outdated reads the next time.
func (g *given) take(id ident.ID) (Execution, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e, ok := g.rows[id]
	delete(g.rows, id)
	return e, ok
}
