package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// slot is what cells of one kind take turns in: an inner uid, a network namespace (kept by the helper) and cgroups. It is
// given to another cell only when the one before is dead to its last process.
type slot struct {
	number  int
	account *account
}

// Inner uids: slot n's guest is firstUID+n, its cell's pid 1 that plus maxSlots (as in helper/stoa.h).
const (
	firstUID = 10_000
	maxSlots = 4096
)

func (s *slot) uid(n *nursery) uint32 {
	if n.base == 0 {
		return 0
	}
	return uint32(firstUID + s.number)
}

// size is a cell's bounds on what it stores.
type size struct{ bytes, inodes int64 }

// cell is what one run lives in; used once.
type cell struct {
	slot  *slot
	size  size
	pidfd int // of its pid 1: killing it kills all
	disk  int // its tmpfs, to ask how full it is
	gone  chan struct{}
}

// kill ends every process of the cell. It returns at once; gone is closed when they are dead.
func (c *cell) kill() {
	_ = unix.PidfdSendSignal(c.pidfd, syscall.SIGKILL, nil, 0)
	if t := c.slot.account.turns.Load(); t != nil {
		t.remove(c.slot.account) // of v1, what is frozen cannot die
	}
}

// full tells whether the cell's bytes or inodes are used up, but for what little is free again since its program ended: the
// files that it had deleted and still held.
func (c *cell) full() bool {
	var st unix.Statfs_t
	if err := unix.Fstatfs(c.disk, &st); err != nil {
		return false
	}
	return st.Bfree <= min(st.Blocks/64, 16) || st.Ffree <= min(st.Files/64, 16)
}

// makeCell asks the helper for a cell in the slot and waits until it is ready.
func (n *nursery) makeCell(s *slot, z size) (*cell, error) {
	c := &cell{slot: s, size: z, pidfd: -1, disk: -1, gone: make(chan struct{})}
	ready := make(chan error, 2)
	id := n.expect(func(r reply, fds []int) {
		switch {
		case r.kind == repReady && len(fds) == 2:
			c.pidfd, c.disk = fds[0], fds[1]
			ready <- nil
		case r.kind == repExit:
			close(c.gone)
			ready <- errors.New("the cell ended before it was ready")
		case r.kind == repFailed:
			ready <- r.failure()
		default:
			closeAll(fds)
			ready <- errFrame
		}
	})
	err := n.send(request{
		kind: reqCell, id: id, slot: uint32(s.number), uid: s.uid(n), disk: uint64(z.bytes), inodes: uint64(z.inodes),
	})
	if err == nil {
		select {
		case err = <-ready:
		case <-n.ended:
			err = n.cause
		}
	}
	if err != nil {
		n.forget(id)
		return nil, fmt.Errorf("make a cell: %w", err)
	}
	return c, nil
}

// pool hands out cells: parked ones made ahead, or new ones. There are more slots than runs, so that parking and tearing
// down never take a run's place.
type pool struct {
	nursery *nursery
	slots   chan *slot // free ones
	parked  chan *cell
	stop    chan struct{}
	workers sync.WaitGroup
	wake    chan struct{}

	mu   sync.Mutex
	size size // of the next cell to park: what was asked for last
}

func newPool(n *nursery, slots []*slot, parked int, z size) *pool {
	p := &pool{
		nursery: n, slots: make(chan *slot, len(slots)), parked: make(chan *cell, max(parked, 0)),
		stop: make(chan struct{}), wake: make(chan struct{}, 1), size: z,
	}
	for _, s := range slots {
		p.slots <- s
	}
	if parked > 0 {
		p.workers.Go(p.park)
		p.nudge()
	}
	return p
}

func (p *pool) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// park keeps the pool of parked cells full.
func (p *pool) park() {
	for {
		select {
		case <-p.wake:
		case <-p.stop:
			return
		}
		for len(p.parked) < cap(p.parked) {
			var s *slot
			select {
			case s = <-p.slots:
			case <-p.stop:
				return
			}
			p.mu.Lock()
			z := p.size
			p.mu.Unlock()
			c, err := p.nursery.makeCell(s, z)
			if err != nil {
				p.slots <- s
				select {
				case <-p.nursery.ended:
				default:
					p.nursery.log.Warn("cannot park a sandbox cell", "error", err)
				}
				break // the next run tries again, and reports
			}
			select {
			case p.parked <- c: // only this goroutine adds, so there is room
			case <-p.stop:
				return
			}
		}
	}
}

// acquire returns a cell of the given size. The caller retires it.
func (p *pool) acquire(ctx context.Context, z size) (*cell, error) {
	p.mu.Lock()
	p.size = z
	p.mu.Unlock()
	defer p.nudge()
	for {
		var c *cell
		var s *slot
		select { // a parked one rather than a new one
		case c = <-p.parked:
		default:
			select {
			case c = <-p.parked:
			case s = <-p.slots:
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			case <-p.nursery.ended:
				return nil, p.nursery.cause
			}
		}
		if c != nil && c.size == z {
			return c, nil
		}
		if c != nil { // of another size: give its slot back and look again
			p.retire(c)
			continue
		}
		c, err := p.nursery.makeCell(s, z)
		if err != nil {
			p.slots <- s
			return nil, err
		}
		return c, nil
	}
}

// retire kills the cell and, once it is dead, frees its slot. It returns when the slot is free again or the nursery ended.
func (p *pool) retire(c *cell) {
	c.kill()
	select {
	case <-c.gone:
	case <-p.nursery.ended:
	}
	closeAll([]int{c.pidfd, c.disk})
	c.slot.account.recycle()
	p.slots <- c.slot
	p.nudge()
}

// close stops parking. The nursery's end kills the cells.
func (p *pool) close() {
	close(p.stop)
	p.workers.Wait()
	for {
		select {
		case c := <-p.parked:
			closeAll([]int{c.pidfd, c.disk})
		default:
			return
		}
	}
}
