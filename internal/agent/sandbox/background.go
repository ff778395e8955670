package sandbox

import (
	"sync"
	"time"
)

// background tells when the library may be compiled: when nothing else has run for a while, or somebody needs it.
type background struct {
	mu      sync.Mutex
	running int
	wanted  chan struct{} // a Go program ran; closed by the first
	once    sync.Once
	ended   chan struct{} // a run ended, and no other is running
}

func newBackground() *background {
	return &background{wanted: make(chan struct{}), ended: make(chan struct{}, 1)}
}

// enter counts a run, and leave its end.
func (b *background) enter(rt *Runtime) {
	if rt.Name == "go" {
		b.once.Do(func() { close(b.wanted) })
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running++
}

func (b *background) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; b.running > 0 {
		return
	}
	select {
	case b.ended <- struct{}{}:
	default:
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
