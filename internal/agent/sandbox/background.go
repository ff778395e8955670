package sandbox

import (
	"sync"
	"time"
)

// background tells whether the library is being compiled, which is all that runs at times: then all our cgroups together
// take the least share of the CPU, for a cgroup's share counts only among its siblings.
type background struct {
	mu       sync.Mutex
	running  int // runs
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
	if b.running++; b.running == 1 && b.compiles {
		d.weigh(d.config.Slots)
	}
}

func (d *Driver) leave() {
	b := d.background
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; b.running > 0 {
		return
	}
	if b.compiles {
		d.weigh(0)
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
	if on && b.running == 0 {
		d.weigh(0)
	} else {
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
