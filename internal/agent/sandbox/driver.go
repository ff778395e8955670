package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Driver runs jobs. It is safe for use by many goroutines.
type Driver struct {
	config     Config
	log        *slog.Logger
	lock       *os.File
	ids        *IDs // nil when not root
	instance   string
	running    chan struct{} // one element per running job
	closed     chan struct{}
	once       sync.Once
	teardown   sync.WaitGroup
	enforced   []Enforced
	compiled   *compiledStore
	background *background
	places     []place
	starts     starts

	mu      sync.Mutex
	current *ward

	discovering sync.Mutex
	known       []*Runtime // set once discovered
}

// ward is one life of the helper with all that hangs on it.
type ward struct {
	nursery *nursery
	pool    *pool
	warmer  *warmer
	tree    *tree
	turns   *turns
	slots   []*slot
	cpus    float64
	users   sync.WaitGroup // runs that hold a cell; they read the slots' accounts
}

// Open prepares this host and starts the helper. It removes what an earlier life with the same Dir left behind, should
// that have been killed together with its helper. A host that cannot isolate gets a *HostError: there is no weaker mode.
func Open(ctx context.Context, c Config) (*Driver, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Slots <= 0 {
		c.Slots = 4 * runtime.NumCPU()
	}
	if c.Parked == 0 {
		c.Parked = runtime.NumCPU() + 1
	}
	if c.CPUs <= 0 {
		c.CPUs = 1
	}
	if c.Idle <= 0 {
		c.Idle = 5 * time.Minute
	}
	if c.find == nil {
		c.find = findTree
	}
	c.Slots = min(c.Slots, maxSlots/2)
	dir, err := filepath.Abs(c.Dir)
	if err != nil || c.Dir == "" {
		return nil, fmt.Errorf("the sandbox needs a folder of its own (%q): %w", c.Dir, errors.Join(err, os.ErrInvalid))
	}
	c.Dir = dir
	if err := checkHost(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the sandbox's folder: %w", err)
	}
	lock, err := lockDir(c.Dir)
	if err != nil {
		return nil, err
	}
	d := &Driver{
		config: c, log: c.Log, lock: lock, running: make(chan struct{}, c.Slots), closed: make(chan struct{}),
		background: newBackground(),
	}
	d.instance = d.instanceName()
	if err := d.open(ctx); err != nil {
		d.ids.Release()
		lock.Close()
		return nil, err
	}
	return d, nil
}

func (d *Driver) open(ctx context.Context) error {
	if err := unpackHelper(filepath.Join(d.config.Dir, "lib")); err != nil {
		return err
	}
	var err error
	if os.Geteuid() == 0 {
		if d.ids, err = ClaimIDs(d.config.Dir); err != nil {
			return err
		}
	}
	if d.compiled, err = openCompiled(filepath.Join(d.config.Dir, "compiled"), d.config.CompiledBytes); err != nil {
		return err
	}
	if d.config.Root == "" {
		d.places = findPlaces()
	}
	if err := d.writeRootFiles(); err != nil {
		return err
	}
	w, err := d.start(ctx)
	if err != nil {
		return err
	}
	d.current = w
	return nil
}

// instanceName tells the drivers of one host apart, and stays the same from life to life.
func (d *Driver) instanceName() string { return instanceOf(d.config.Dir) }

func instanceOf(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:4])
}

// lockDir keeps two drivers from sharing a folder. The lock ends with the process, however that ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's lock: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another agent uses the sandbox folder %s: %w", dir, err)
	}
	return f, nil
}

// start begins a new life of the helper, under a new name, so that a dying earlier one never removes what is ours.
func (d *Driver) start(ctx context.Context) (*ward, error) {
	var life [4]byte
	_, _ = rand.Read(life[:])
	w := &ward{cpus: d.config.CPUs, turns: newTurns(), tree: d.config.find("stoa-" + d.instance + "-" + hex.EncodeToString(life[:]))}
	removed, err := w.tree.sweep(d.instance)
	if len(removed) > 0 {
		d.log.Info("removed cgroups that an earlier life left", "cgroups", removed)
	}
	if err != nil {
		d.log.Warn("cannot remove cgroups that an earlier life left", "error", err)
	}
	if err := w.startOn(ctx, d); err != nil {
		w.remove()
		return nil, err
	}
	return w, nil
}

func (w *ward) startOn(ctx context.Context, d *Driver) error {
	base := uint32(0)
	if d.ids != nil {
		base = d.ids.First
	}
	helper := filepath.Join(d.config.Dir, "lib", "stoa-sandbox")
	arguments, err := d.rootArguments(base, w.tree)
	if err != nil {
		return err
	}
	if w.nursery, err = startNursery(ctx, d.log, helper, base, arguments); err != nil {
		return explainStart(err)
	}
	// Not before the helper stands: it is what removes them when we are killed.
	failed := w.tree.create()
	d.enforced = w.enforcement(failed)
	parked := max(d.config.Parked, 0)
	for i := range d.slots() {
		a, err := w.tree.open(i, w.cpus)
		if err != nil {
			return err
		}
		w.slots = append(w.slots, &slot{number: i, account: a})
	}
	// One cell on trial: whatever this host refuses, it refuses here and not at the first job.
	def := DefaultLimits()
	z := size{def.DiskBytes, def.InodeCount}
	c, err := w.nursery.makeCell(w.slots[0], z)
	if err != nil {
		return explainStart(err)
	}
	c.kill()
	<-c.gone
	closeAll([]int{c.pidfd, c.disk})
	if d.config.Root != "" {
		if err := w.boundZygotes(d.slots()); err != nil {
			return err
		}
	}
	w.pool = newPool(w.nursery, w.slots, parked, z)
	w.warmer = newWarmer(w, d.config.Idle, parked)
	return nil
}

// What warmed interpreters of an image may take, all of a driver's together. Their guests have limits of their own.
const (
	zygotesMemory    = 512 << 20
	zygotesProcesses = 256 // those that were forked and have not yet joined their run's cgroup among them
	zygotesShare     = 16  // times the ordinary: each run waits for its fork
)

// boundZygotes makes the cgroup of an image's warmed interpreters. The host's own are trusted as the agent is.
func (w *ward) boundZygotes(number int) error {
	a, err := w.tree.open(number, w.cpus)
	if err != nil {
		return err
	}
	w.nursery.zygotes = a
	a.weigh(zygotesShare)
	return a.limit(zygotesMemory, zygotesProcesses)
}

// slots is how many cells may exist: those that run, those parked empty, those with a guest made ahead, and a few being torn
// down.
func (d *Driver) slots() int { return d.config.Slots + (1+mostWarm)*max(d.config.Parked, 0) + 2 }

// remove ends a ward and takes its cgroups away. Every process is dead when it returns.
func (w *ward) remove() {
	w.turns.end()
	if w.pool != nil {
		w.warmer.stop()
		w.pool.close()
	}
	if w.nursery != nil {
		w.nursery.close()
	}
	w.users.Wait() // all have seen the nursery's end
	for _, s := range w.slots {
		s.account.close()
	}
	if w.nursery != nil && w.nursery.zygotes != nil {
		w.nursery.zygotes.close()
	}
	for _, dir := range w.tree.dirs() {
		_ = removeTree(dir)
	}
}

// ward returns the living helper, or starts another when it has ended. The caller calls users.Done on it.
func (d *Driver) ward(ctx context.Context) (*ward, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.closed:
		return nil, ErrClosed
	default:
	}
	if w := d.current; w != nil {
		select {
		case <-w.nursery.ended:
			d.log.Error("starting the sandbox helper again", "cause", w.nursery.cause)
			d.current = nil
			d.teardown.Go(w.remove)
		default:
			w.users.Add(1)
			return w, nil
		}
	}
	w, err := d.start(ctx)
	if err != nil {
		return nil, err
	}
	d.current = w
	w.users.Add(1)
	return w, nil
}

// Enforcement tells what is enforced on this host and how.
func (d *Driver) Enforcement() []Enforced {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Enforced(nil), d.enforced...)
}

// Close kills what runs, waits until every process is gone, and removes the cgroups.
func (d *Driver) Close() error {
	d.once.Do(func() {
		close(d.closed)
		d.mu.Lock()
		w := d.current
		d.current = nil
		d.mu.Unlock()
		if w != nil {
			w.turns.end()
			w.nursery.close()
		}
		d.teardown.Wait()
		if w != nil {
			w.remove()
		}
		d.ids.Release()
		d.lock.Close()
	})
	return nil
}
