package execution

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Runtime is an offering: one language in one exact version. It is immutable;
// another version is another runtime.
type Runtime struct {
	ID       string `db:"id"` // "python@3.11.2"
	Name     string `db:"name"`
	Version  string `db:"version"`
	FileName string `db:"file_name"`
	Example  string `db:"example"`
	Compiled bool   `db:"compiled"`
	Nodes    int    `db:"nodes"` // how many ready nodes have it now
	Image    string `db:"image"` // the reference it was made of; empty: nodes have it installed
	Digest   string `db:"digest"`
	Pulling  int    `db:"pulling"` // nodes that will have it
	Failing  int    `db:"failing"` // nodes that could not pull it, and try again

	Egress []string `db:"egress"` // what runs may connect to that name no list of their own
	Class  Class    `db:"class"`  // the weakest that its runs are given; empty: the settings decide

	Classes      []Class `db:"classes"`       // isolation classes that nodes offer it in
	ReadyClasses []Class `db:"ready_classes"` // those of ready nodes
}

// offeredClasses are those that can be given now; while no node is ready with one, those that could be later. Weakest first.
func (r Runtime) offeredClasses() []Class {
	if ready := r.admitted(r.ReadyClasses); len(ready) > 0 {
		return ready
	}
	return r.admitted(r.Classes)
}

// admitted leaves out what is weaker than the runtime's own class, and sorts the rest, the weakest first.
func (r Runtime) admitted(classes []Class) []Class {
	return slices.DeleteFunc(sortClasses(classes), func(c Class) bool { return c.rank() < r.Class.rank() })
}

// Promises are the classes that it can be run in, and what they promise; the fastest first.
func (r Runtime) Promises() []ClassPromise {
	var all []ClassPromise
	for _, c := range r.admitted(r.Classes) {
		if p, ok := c.Promise(); ok {
			all = append(all, p)
		}
	}
	return all
}

// Aliases lists the shorter names that mean this runtime while it is the newest that fits them.
func (r Runtime) Aliases() []string {
	aliases := []string{r.Name}
	parts := strings.Split(r.Version, ".")
	for i := 1; i < len(parts); i++ {
		aliases = append(aliases, r.Name+"@"+strings.Join(parts[:i], "."))
	}
	return aliases
}

// Resolve finds what a person means by "python", "python@3" or "python@3.11.2": the
// newest version that fits, preferring one that a ready node has.
func Resolve(runtimes []Runtime, ref string) (Runtime, error) {
	name, version, _ := strings.Cut(ref, "@")
	var best *Runtime
	var offered []string
	for i := range runtimes {
		r := &runtimes[i]
		if r.Name != name {
			continue
		}
		offered = append(offered, r.ID)
		if version != "" && r.Version != version && !strings.HasPrefix(r.Version, version+".") {
			continue
		}
		if best == nil || better(*r, *best) {
			best = r
		}
	}
	switch {
	case best != nil:
		return *best, nil
	case len(offered) > 0:
		slices.Sort(offered)
		return Runtime{}, fault.New(fault.Invalid, "execution.unknown_runtime", "No node has %s. There is %s.", ref, strings.Join(offered, ", ")).
			At("body.runtime", "unknown version")
	default:
		return Runtime{}, fault.New(fault.Invalid, "execution.unknown_runtime", "There is no runtime %q. There is %s.", ref, names(runtimes)).
			At("body.runtime", "unknown runtime")
	}
}

func better(a, b Runtime) bool {
	if (a.Nodes > 0) != (b.Nodes > 0) {
		return a.Nodes > 0
	}
	return CompareVersions(a.Version, b.Version) > 0
}

// CompareVersions orders "3.9.18" before "3.11.2": numbers as numbers, the rest as text.
func CompareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		order := cmp.Compare(x, y)
		if errX != nil || errY != nil {
			order = cmp.Compare(as[i], bs[i])
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func names(runtimes []Runtime) string {
	var all []string
	for _, r := range runtimes {
		if !slices.Contains(all, r.Name) {
			all = append(all, r.Name)
		}
	}
	if len(all) == 0 {
		return "none yet: no node has joined"
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// catalogueAge bounds how long another replica's news about runtimes stays unseen.
const catalogueAge = 5 * time.Second

// catalogue caches the runtimes: they change when nodes come and go, and every
// submit asks for one.
type catalogue struct {
	store Store

	mu       sync.Mutex
	read     time.Time // zero: never, or forgotten
	runtimes []Runtime
	reading  bool // somebody reads them anew
	changes  int  // how often they were forgotten
}

// all gives them as of a moment ago. Nobody waits for another's reading: who holds a
// connection would wait for who waits for one.
func (c *catalogue) all(ctx context.Context, q pg.Querier, now time.Time) ([]Runtime, error) {
	c.mu.Lock()
	age, known, changes := now.Sub(c.read), c.runtimes, c.changes
	if !c.read.IsZero() && (age < catalogueAge || c.reading && age < 2*catalogueAge) {
		c.mu.Unlock()
		return known, nil
	}
	c.reading = true
	c.mu.Unlock()
	runtimes, err := c.store.Runtimes(ctx, q)
	slices.SortFunc(runtimes, func(a, b Runtime) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), -CompareVersions(a.Version, b.Version))
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
	if err == nil && c.changes == changes {
		c.runtimes, c.read = runtimes, now
	}
	return runtimes, err
}

func (c *catalogue) forget() {
	c.mu.Lock()
	c.read, c.changes = time.Time{}, c.changes+1
	c.mu.Unlock()
}
