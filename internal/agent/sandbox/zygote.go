package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// zygote is a warmed interpreter that forks a guest for each run. It runs no user code, so many runs may come from one;
// but they share its address layout and hash secret, so it is replaced now and then.
type zygote struct {
	conn  *net.UnixConn
	words *tail // what it said on its own output: why it did not start
	ended chan struct{}

	mu      sync.Mutex
	waiting map[uint32]func(reply, []int)
	next    uint32
	uses    int
	holders int  // runs that have got it and not yet released it
	retired bool // closes when the last of them has
}

const (
	zygoteUses     = 2000             // runs from one zygote
	zygotePatience = 20 * time.Second // to warm up
)

// startZygote starts and warms an interpreter. It returns when it can fork.
func (n *nursery) startZygote(argv, env []string) (*zygote, error) {
	ours, theirs, err := seqpacket()
	if err != nil {
		return nil, err
	}
	z := &zygote{conn: ours, words: &tail{}, ended: make(chan struct{}), waiting: map[uint32]func(reply, []int){}, next: 1}
	ready := make(chan error, 2)
	z.waiting[0] = func(reply, []int) { ready <- nil }
	err = n.launch(z, theirs, argv, env, ready)
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, err
	}
	go z.receive()
	timeout := time.NewTimer(zygotePatience)
	defer timeout.Stop()
	select {
	case err = <-ready:
	case <-z.ended:
		err = errors.New("it ended")
	case <-n.ended:
		err = n.cause
	case <-timeout.C:
		err = fmt.Errorf("not ready after %v", zygotePatience)
	}
	z.mu.Lock()
	delete(z.waiting, 0)
	z.mu.Unlock()
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("warm %s: %w: %s", argv[0], err, z.words)
	}
	return z, nil
}

// launch has the nurse start the interpreter. Its standard streams are pipes, for it learns their kind at its start, and
// its guests' are pipes.
func (n *nursery) launch(z *zygote, theirs *os.File, argv, env []string, ready chan<- error) error {
	sealed, err := payload{argv: argv, env: env}.seal()
	if err != nil {
		return err
	}
	defer unix.Close(sealed)
	p, err := newPipes(os.Getuid())
	if err != nil {
		return err
	}
	go func() {
		var b [1024]byte
		for {
			k, err := p.err.Read(b[:])
			if err != nil {
				p.close()
				return
			}
			_, _ = z.words.Write(b[:k])
		}
	}()
	var id uint32
	id = n.expect(func(r reply, fds []int) {
		closeAll(fds)
		if r.kind == repFailed {
			ready <- r.failure()
		}
		z.conn.Close() // receive ends, and with it every run of this zygote
	})
	err = n.send(request{kind: reqZygote, id: id}, sealed, int(theirs.Fd()), p.theirs[0], p.theirs[2], p.theirs[2])
	p.handOver()
	if err != nil {
		n.forget(id)
	}
	return err
}

func (z *zygote) receive() {
	frame := make([]byte, 256)
	for {
		size, _, _, _, err := z.conn.ReadMsgUnix(frame, nil)
		if err != nil || size == 0 {
			break
		}
		r, err := decodeReply(frame[:size])
		if err != nil {
			break
		}
		z.mu.Lock()
		f := z.waiting[r.id]
		if r.kind == repExit {
			delete(z.waiting, r.id)
		}
		z.mu.Unlock()
		if f != nil {
			f(r, nil)
		}
	}
	z.conn.Close()
	close(z.ended)
}

// hold keeps it from being closed until release; false when it takes no more runs.
func (z *zygote) hold() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	select {
	case <-z.ended:
		return false
	default:
	}
	if z.retired {
		return false
	}
	z.holders++
	z.uses++
	return true
}

func (z *zygote) release() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.holders--
	z.closeIfDone()
}

// retire lets the runs that hold it end, and then closes it.
func (z *zygote) retire() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.retired = true
	z.closeIfDone()
}

func (z *zygote) closeIfDone() {
	if z.retired && z.holders == 0 {
		z.conn.Close()
	}
}

func (z *zygote) expect(f func(reply, []int)) uint32 {
	z.mu.Lock()
	defer z.mu.Unlock()
	id := z.next
	z.next++
	z.waiting[id] = f
	return id
}

// forget takes a run off. Its process may still be dying; its cell sees to that.
func (z *zygote) forget(id uint32) {
	z.mu.Lock()
	defer z.mu.Unlock()
	delete(z.waiting, id)
}

// warmer keeps at most one zygote for each runtime: the first run of a runtime has one warmed beside it, and one that is
// not used for a while is closed. So an agent that runs nothing keeps nothing warm.
type warmer struct {
	nursery *nursery
	idle    time.Duration

	mu    sync.Mutex
	warm  map[string]*warmth
	stops bool
	work  sync.WaitGroup
}

type warmth struct {
	zygote   *zygote // nil until warmed
	warming  bool
	failures int
	timer    *time.Timer
}

const (
	mostWarm     = 4 // zygotes at once: their memory is bounded by this
	mostFailures = 3 // then the runtime is left to class "fresh" until the next life
)

// get returns a zygote for the runtime, held, or nil when none is warm yet. It never waits.
func (w *warmer) get(rt *Runtime) *zygote {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.warm[rt.ID()]
	if h == nil {
		if w.stops || len(w.warm) >= mostWarm && !w.evict() {
			return nil
		}
		h = &warmth{}
		h.timer = time.AfterFunc(w.idle, func() { w.cool(rt.ID(), h) })
		w.warm[rt.ID()] = h
	}
	h.timer.Reset(w.idle)
	z := h.zygote
	if z != nil && !z.hold() {
		h.zygote, z = nil, nil
		h.failures++
	}
	worn := z != nil && z.worn()
	if (z == nil || worn) && !h.warming && !w.stops && h.failures < mostFailures {
		h.warming = true
		w.work.Go(func() { w.heat(rt, h) })
	}
	return z
}

func (z *zygote) worn() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.uses >= zygoteUses
}

func (w *warmer) heat(rt *Runtime, h *warmth) {
	z, err := w.nursery.startZygote(rt.warm, environment(rt, nil))
	w.mu.Lock()
	defer w.mu.Unlock()
	h.warming = false
	if err != nil {
		h.failures++
		select {
		case <-w.nursery.ended:
		default:
			w.nursery.log.Warn("cannot warm an interpreter; its runs start fresh", "runtime", rt.ID(), "error", err)
		}
		return
	}
	old := h.zygote
	h.zygote = z
	if w.stops || w.warm[rt.ID()] != h {
		z.retire()
	}
	if old != nil {
		old.retire()
	}
}

// cool closes a zygote that was not used for a while.
func (w *warmer) cool(id string, h *warmth) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.warm[id] == h && !h.warming {
		w.drop(id, h)
	}
}

func (w *warmer) drop(id string, h *warmth) {
	delete(w.warm, id)
	h.timer.Stop()
	if h.zygote != nil {
		h.zygote.retire()
	}
}

// evict makes room by closing one that has nothing to do.
func (w *warmer) evict() bool {
	for id, h := range w.warm {
		if h.zygote != nil && !h.warming && !h.zygote.busy() {
			w.drop(id, h)
			return true
		}
	}
	return false
}

func (z *zygote) busy() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.holders > 0
}

// stop lets no more be warmed; the nursery's end takes the zygotes.
func (w *warmer) stop() {
	w.mu.Lock()
	w.stops = true
	for id, h := range w.warm {
		w.drop(id, h)
	}
	w.mu.Unlock()
	w.work.Wait()
}

// needsFresh tells whether a variable means something to the interpreter itself at its start.
func needsFresh(env map[string]string) bool {
	for k := range env {
		for _, prefix := range []string{"PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_", "OPENSSL_"} {
			if strings.HasPrefix(k, prefix) {
				return true
			}
		}
	}
	return false
}
