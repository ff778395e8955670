package lifecycle

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// Graph is the modules of a program and what they need of each other.
type Graph struct {
	Log *slog.Logger

	modules []*node // as added
	byName  map[string]*node
	ready   chan struct{}

	mu sync.Mutex // guards every node's state and err
}

type node struct {
	Module
	started bool // Start succeeded, so Stop is owed
	state   State
	err     error
}

// New makes a graph. Needs may name modules that come later in the list; a name
// that is taken twice, or needed and missing, and a cycle are errors.
func New(log *slog.Logger, modules ...Module) (*Graph, error) {
	g := &Graph{Log: log, byName: map[string]*node{}, ready: make(chan struct{})}
	for _, m := range modules {
		if g.byName[m.Name] != nil {
			return nil, fmt.Errorf("module %q is declared twice", m.Name)
		}
		n := &node{Module: m, state: Idle}
		g.modules = append(g.modules, n)
		g.byName[m.Name] = n
	}
	for _, n := range g.modules {
		for _, need := range n.Needs {
			if g.byName[need] == nil {
				return nil, fmt.Errorf("module %q needs %q, which does not exist", n.Name, need)
			}
		}
	}
	if _, err := g.stages(nil); err != nil {
		return nil, err
	}
	return g, nil
}

// stages orders the closure of the targets: a module's stage is one more than
// the highest stage among its needs. No targets means every module.
func (g *Graph) stages(targets []string) ([][]*node, error) {
	if len(targets) == 0 {
		for _, n := range g.modules {
			targets = append(targets, n.Name)
		}
	}
	depth := map[string]int{} // 0: not seen, -1: on the path, else stage + 1
	var visit func(name string, path []string) error
	visit = func(name string, path []string) error {
		n := g.byName[name]
		switch {
		case n == nil:
			return fmt.Errorf("there is no module %q", name)
		case depth[name] > 0:
			return nil
		case depth[name] < 0:
			cycle := path[slices.Index(path, name):]
			return fmt.Errorf("modules need each other in a cycle: %s → %s", strings.Join(cycle, " → "), name)
		}
		depth[name] = -1
		highest := 0
		for _, need := range n.Needs {
			if err := visit(need, append(path, name)); err != nil {
				return err
			}
			highest = max(highest, depth[need])
		}
		depth[name] = highest + 1
		return nil
	}
	for _, name := range targets {
		if err := visit(name, nil); err != nil {
			return nil, err
		}
	}
	var stages [][]*node
	for _, n := range g.modules { // in the order of declaration, so that runs are alike
		for d := depth[n.Name]; d > len(stages); {
			stages = append(stages, nil)
		}
		if d := depth[n.Name]; d > 0 {
			stages[d-1] = append(stages[d-1], n)
		}
	}
	return stages, nil
}

// Ready is closed when every module of the run has started.
func (g *Graph) Ready() <-chan struct{} { return g.ready }

// Status lists all modules in the order of their declaration.
func (g *Graph) Status() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]Status, len(g.modules))
	for i, n := range g.modules {
		all[i] = Status{Name: n.Name, State: n.state, Err: n.err}
	}
	return all
}

// enter moves a module to a state; failed is final.
func (g *Graph) enter(n *node, s State, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n.state == Failed {
		return
	}
	n.state, n.err = s, err
}
