package sandbox

import (
	"runtime"
	"sync"
	"time"
)

// background tells whether the library is being compiled, which is all that runs at times: then all our cgroups together
// take the least share of the CPU, for a cgroup's share counts only among its siblings.
type background struct {
	mu       sync.Mutex
	running  int // runs
	old      int // of them, those that have used more CPU time than youth
	compiles bool
	wanted   chan struct{} // a Go program ran; closed by the first
	once     sync.Once
	ended    chan struct{} // a run ended, and no other is running
}

func newBackground() *background {
	return &background{wanted: make(chan struct{}), ended: make(chan struct{}, 1)}
}

// enter counts a run, and leave its end.
func (d *Driver) enter(rt *Runtime) {
	b := d.background
	if rt.Name == "go" {
		b.once.Do(func() { close(b.wanted) })
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running++; b.running == 1 && b.compiles || b.old > 0 {
		d.share()
	}
}

func (d *Driver) leave() {
	b := d.background
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; b.running == 0 && b.compiles || b.old > 0 {
		d.share()
	}
	if b.running > 0 {
		return
	}
	select {
	case b.ended <- struct{}{}:
	default:
	}
}

// compiling begins or ends the compilation of the library.
func (d *Driver) compiling(on bool) {
	b := d.background
	b.mu.Lock()
	defer b.mu.Unlock()
	b.compiles = on
	d.share()
}

// youth is how much CPU time a run has at the ordinary share. Most end within it; those that go on, bombs among them, get
// a small part of it from then on, and only what others leave: most short runs hardly feel how many long ones there are.
const youth = 100 * time.Millisecond

// aged counts one more long run, or one less.
func (d *Driver) aged(n int) {
	b := d.background
	b.mu.Lock()
	defer b.mu.Unlock()
	b.old += n
	d.share()
}

// share sets what all our cgroups together get of the CPU: as if each slot were a process of the host; with long runs
// among them, only as the others need, so that neither the host nor the agent waits for bombs.
func (d *Driver) share() {
	b := d.background
	switch {
	case b.compiles && b.running == 0:
		d.weigh(0)
	case b.old > 0:
		d.weigh(min(max(b.running-b.old, runtime.NumCPU()), d.config.Slots))
	default:
		d.weigh(d.config.Slots)
	}
}

func (d *Driver) weigh(runs int) {
	d.mu.Lock()
	w := d.current
	d.mu.Unlock()
	if w != nil {
		_ = w.tree.weigh(runs) // a failure was logged at the start
	}
}

// awaitPrepare returns when the library should be compiled; false when the driver closes first.
func (d *Driver) awaitPrepare() bool {
	b := d.background
	idle := time.NewTimer(prepareAfter)
	defer idle.Stop()
	for {
		select {
		case <-d.closed:
			return false
		case <-b.wanted:
			return true
		case <-b.ended:
			idle.Reset(prepareAfter)
		case <-idle.C:
			b.mu.Lock()
			busy := b.running > 0
			b.mu.Unlock()
			if !busy {
				return true
			}
		}
	}
}
