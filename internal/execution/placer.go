package execution

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Candidate is a node whose session this replica holds, as placement sees it.
type Candidate struct {
	NodeID   ident.ID
	Name     string
	Epoch    int64
	Slots    int
	Runtimes []string
	Classes  map[string][]Class // by runtime: those that it offers
	Cordoned bool
	used     map[ident.ID]int // execution → attempt

	gvisor   bool                // what it has installed runs in that class
	images   map[string]prepared // runtimes that are images; those that are ready stand in Runtimes too
	asked    map[string]bool     // the runtimes whose images the node was told to have ready; nil: not told
	reported time.Time           // when its progress was last stored
}

// Offer is what an execution needs of a node: a runtime, in a class. Without a class, any will do.
type Offer struct {
	Runtime string
	Class   Class
}

func (e *Execution) offer() Offer { return Offer{e.Runtime, e.Class} }

func (o Offer) String() string {
	if o.Class == "" {
		return o.Runtime
	}
	return o.Runtime + " in class " + string(o.Class)
}

// offers tells whether it has the runtime in that class.
func (n *Candidate) offers(o Offer) bool {
	return n.has(o.Runtime) && (o.Class == "" || slices.Contains(n.Classes[o.Runtime], o.Class))
}

// Slot is one place on a node, taken for one attempt.
type Slot struct {
	NodeID ident.ID
	Epoch  int64
	Image  *node.ImageProgram // where the runtime is an image
}

// placer knows the nodes whose sessions this replica holds, and what runs on them.
// Only the holder of a session gives that node work, so counting here needs no
// row lock; the session's epoch fences off a holder that does not know yet that
// it no longer is one.
type placer struct {
	mu    sync.Mutex
	nodes map[ident.ID]*Candidate
}

func newPlacer() *placer { return &placer{nodes: map[ident.ID]*Candidate{}} }

// open adds or replaces a node's session, with what already runs there.
func (p *placer) open(c Candidate, running map[ident.ID]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.used = running
	if c.used == nil {
		c.used = map[ident.ID]int{}
	}
	p.nodes[c.NodeID] = &c
}

// close forgets a session, unless a newer one has taken its place.
func (p *placer) close(node ident.ID, epoch int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.nodes[node]; ok && n.Epoch == epoch {
		delete(p.nodes, node)
	}
}

// change applies a cordon or other slots to an open session.
func (p *placer) change(node ident.ID, apply func(*Candidate)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.nodes[node]; ok {
		apply(n)
	}
}

// reserve filters the nodes that can take the execution, scores them, and takes a
// slot on the best: the one with the largest share of its slots free.
func (p *placer) reserve(id ident.ID, attempt int, o Offer) (Slot, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *Candidate
	for _, n := range p.nodes {
		if n.Cordoned || len(n.used) >= n.Slots || !n.offers(o) {
			continue
		}
		if best == nil || n.freeShare() > best.freeShare() {
			best = n
		}
	}
	if best == nil {
		return Slot{}, false
	}
	best.used[id] = attempt
	return best.slot(o.Runtime), true
}

func (n *Candidate) freeShare() float64 { return float64(n.Slots-len(n.used)) / float64(n.Slots) }

// release gives a slot back, if that very attempt still holds it.
func (p *placer) release(node, id ident.ID, attempt int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.nodes[node]; ok && n.used[id] == attempt {
		delete(n.used, id)
	}
}

// occupy notes that an attempt has a slot, even beyond the node's slots: the row says so.
func (p *placer) occupy(node, id ident.ID, attempt int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.nodes[node]; ok {
		n.used[id] = attempt
	}
}

// runs tells whether that very attempt has a slot on the node.
func (p *placer) runs(node, id ident.ID, attempt int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.nodes[node]
	return ok && attempt > 0 && n.used[id] == attempt
}

// sessions lists the nodes whose sessions this replica holds.
func (p *placer) sessions() []ident.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.nodes))
}

// holds tells whether this replica holds the node's session.
func (p *placer) holds(node ident.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.nodes[node]
	return ok
}

// free counts free slots, and lists what the nodes that have any can run.
func (p *placer) free() (slots int, offers []Offer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[Offer]bool{}
	for _, n := range p.nodes {
		if n.Cordoned || len(n.used) >= n.Slots {
			continue
		}
		slots += n.Slots - len(n.used)
		for _, runtime := range n.Runtimes {
			seen[Offer{runtime, ""}] = true
			for _, c := range n.Classes[runtime] {
				seen[Offer{runtime, c}] = true
			}
		}
	}
	return slots, slices.Collect(maps.Keys(seen))
}

// explain says why nothing can take such an execution now, for the person who waits.
func (p *placer) explain(o Offer) Reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	var have, busy, slots int
	var cordoned []string
	var other []Class // in which the runtime could be had
	for _, n := range p.nodes {
		other = append(other, n.Classes[o.Runtime]...)
		if !n.offers(o) {
			continue
		}
		have++
		switch {
		case n.Cordoned:
			cordoned = append(cordoned, n.Name)
		default:
			busy += len(n.used)
			slots += n.Slots
		}
	}
	slices.Sort(cordoned)
	preparing := p.preparing(o.Runtime)
	switch {
	case len(p.nodes) == 0:
		return Reason{WaitsForNode, "No node is connected here."}
	case have == 0 && len(other) > 0:
		other = slices.Compact(sortClasses(other))
		return Reason{WaitsForClass, fmt.Sprintf("None of the %d connected nodes has %s; they have it in %s.", len(p.nodes), o, joinClasses(other))}
	case have == 0 && preparing != "":
		return Reason{WaitsForImage, preparing}
	case have == 0:
		return Reason{WaitsForRuntime, fmt.Sprintf("None of the %d connected nodes has %s.", len(p.nodes), o.Runtime)}
	case len(cordoned) == have:
		return Reason{WaitsForUncordon, fmt.Sprintf("Every node with %s is cordoned: %s.", o, strings.Join(cordoned, ", "))}
	case slots == 0:
		return Reason{WaitsForSandbox, fmt.Sprintf("No node with %s can isolate code; Nodes says what to enable.", o)}
	case busy < slots:
		return Reason{WaitsForNothing, "A slot is free; it starts in a moment."}
	default:
		return Reason{WaitsForSlot, fmt.Sprintf("All %d slots of the nodes with %s are busy.", slots, o)}
	}
}
