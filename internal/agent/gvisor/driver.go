package gvisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Driver runs jobs. It is safe for use by many goroutines.
type Driver struct {
	config   Config
	log      *slog.Logger
	view     []string
	cgroups  *sandbox.Cgroups
	ids      *sandbox.IDs
	free     chan *slot
	running  chan struct{} // one element per running job
	closed   chan struct{}
	once     sync.Once
	teardown sync.WaitGroup // boxes that are being started or killed

	mu     sync.Mutex
	ahead  *box // started, waiting for its job
	making bool
	idle   *time.Timer
}

// Open prepares this host, removes what an earlier life with the same Dir left behind, and
// runs one sandbox on trial: a host where runsc does not start gets a *sandbox.HostError.
func Open(ctx context.Context, c Config) (*Driver, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Slots <= 0 {
		c.Slots = 2 * runtime.NumCPU()
	}
	if c.CPUs <= 0 {
		c.CPUs = 1
	}
	if c.Idle == 0 {
		c.Idle = 5 * time.Minute
	}
	if os.Geteuid() != 0 {
		return nil, &sandbox.HostError{Missing: []string{"gVisor needs an agent that runs as root"}}
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil || c.Dir == "" {
		return nil, fmt.Errorf("gVisor needs a folder of its own (%q): %w", c.Dir, errors.Join(err, os.ErrInvalid))
	}
	c.Dir = dir
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make gVisor's folder: %w", err)
	}
	d := &Driver{config: c, log: c.Log, running: make(chan struct{}, c.Slots), closed: make(chan struct{}), free: make(chan *slot, c.Slots+1)}
	if d.view, err = c.Base.View(); err != nil {
		return nil, fmt.Errorf("lay out the root: %w", err)
	}
	if d.cgroups, err = sandbox.OpenCgroups(c.Dir, c.Log); err != nil {
		return nil, err
	}
	if d.ids, err = sandbox.ClaimIDs(c.Dir); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := unbounded(d.cgroups.Enforcement); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// unbounded refuses a host without the cgroups that this class relies on: what its kernel in user space takes from the
// host is bounded by nothing else.
func unbounded(enforced []sandbox.Enforced) error {
	var missing []string
	for _, e := range enforced {
		if !e.OK && (e.What == "memory" || e.What == "cpu time") {
			missing = append(missing, "gVisor needs the cgroup for "+e.What+", which is "+e.How)
		}
	}
	if missing == nil {
		return nil
	}
	return &sandbox.HostError{Missing: missing}
}

func (d *Driver) open(ctx context.Context) error {
	for i := range d.config.Slots + 1 { // one is ahead
		account, err := d.cgroups.Account(i, d.config.CPUs)
		if err != nil {
			return err
		}
		s := &slot{number: i, account: account}
		if err := writeBundle(d.bundle(s), d.hostUID(i)); err != nil {
			return err
		}
		d.free <- s
	}
	b, err := d.acquire(ctx, false)
	if err != nil {
		return &sandbox.HostError{Missing: []string{"runsc does not start on this host: " + err.Error()}}
	}
	d.retire(b)
	return nil
}

// hostUID is the one host user that a slot's kernel in user space runs as.
func (d *Driver) hostUID(slot int) uint32 {
	return d.ids.First + uint32(slot) //nolint:gosec // a few
}

// acquire takes the sandbox that was started ahead, or starts one. One with a network is
// never started ahead.
func (d *Driver) acquire(ctx context.Context, network bool) (*box, error) {
	var b *box
	if !network {
		d.mu.Lock()
		b, d.ahead = d.ahead, nil
		d.mu.Unlock()
	}
	if b != nil {
		select {
		case <-b.gone: // it died while it waited
			d.retire(b)
		default:
			return b, nil
		}
	}
	select {
	case s := <-d.free:
		b, err := d.start(ctx, s, network)
		if err != nil {
			d.free <- s
		}
		return b, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-d.closed:
		return nil, sandbox.ErrClosed
	}
}

// retire kills a sandbox in the background; its slot is free when the last process is dead.
func (d *Driver) retire(b *box) {
	gone := b.kill()
	d.teardown.Go(func() {
		<-gone
		b.close()
		b.slot.account.Recycle()
		d.free <- b.slot
	})
}

// prepareNext starts a sandbox ahead of its job, if none is.
func (d *Driver) prepareNext() {
	if d.config.Idle < 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ahead != nil || d.making || d.isClosed() {
		return
	}
	d.making = true
	d.teardown.Go(func() {
		var b *box
		select {
		case s := <-d.free:
			var err error
			if b, err = d.start(context.Background(), s, false); err != nil {
				d.free <- s
				d.log.Warn("no sandbox was started ahead", "class", sandbox.ClassGVisor, "error", err)
			}
		default: // jobs have them all
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.making = false
		switch {
		case b == nil:
		case d.isClosed():
			d.retire(b)
		default:
			d.ahead = b
			d.idle = time.AfterFunc(d.config.Idle, func() { d.drop(b) })
		}
	})
}

// drop ends a sandbox that nobody needed.
func (d *Driver) drop(b *box) {
	d.mu.Lock()
	unused := d.ahead == b
	if unused {
		d.ahead = nil
	}
	d.mu.Unlock()
	if unused {
		d.retire(b)
	}
}

func (d *Driver) isClosed() bool {
	select {
	case <-d.closed:
		return true
	default:
		return false
	}
}

// Runtimes are those of the sandbox, each in this class alone.
func (d *Driver) Runtimes(ctx context.Context) ([]sandbox.Runtime, error) {
	runtimes, err := d.config.Base.Runtimes(ctx)
	for i := range runtimes {
		runtimes[i].Classes = []sandbox.Class{sandbox.ClassGVisor}
	}
	return runtimes, err
}

// Enforcement tells what is enforced in this class, and how.
func (d *Driver) Enforcement() []sandbox.Enforced {
	list := []sandbox.Enforced{
		{What: "system calls", How: "answered by gVisor in user space (runsc, systrap); its own are bounded by seccomp", OK: true},
		{What: "users", How: fmt.Sprintf("user namespace, one id for each run from %d", d.hostUID(0)), OK: true},
		{What: "files", How: "the sandbox's read-only view of the host; one bounded tmpfs in the run's own memory", OK: true},
		{What: "network", How: "gVisor's own, with loopback only", OK: true},
		{What: "egress", How: sandbox.Egress(), OK: true},
	}
	for _, e := range d.cgroups.Enforcement {
		if e.What == "processes" {
			e.How = "counted by gVisor; the host's threads by " + e.How
		}
		list = append(list, e)
	}
	for i := range list {
		list[i].What = string(sandbox.ClassGVisor) + ": " + list[i].What
	}
	return slices.Clip(list)
}

// Close kills what runs, waits until every process is gone, and removes the cgroups.
func (d *Driver) Close() error {
	var err error
	d.once.Do(func() {
		d.mu.Lock()
		close(d.closed)
		b := d.ahead
		d.ahead = nil
		d.mu.Unlock()
		if b != nil {
			d.retire(b)
		}
		for range cap(d.running) {
			d.running <- struct{}{} // each job that ran has ended
		}
		d.teardown.Wait()
		close(d.free)
		for s := range d.free {
			s.account.Close()
		}
		err = d.cgroups.Close()
		d.ids.Release()
	})
	return err
}
