package sandbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// warmer keeps at most one zygote of each kind for each runtime, and a few guests of it ahead: the first run that wants one has
// it warmed beside it. How many guests wait follows demand: one more each time that none was ready, one again once it is quiet, and
// a runtime that is not used for longer is closed. So an agent that runs nothing keeps nothing warm.
type warmer struct {
	ward   *ward
	idle   time.Duration
	quiet  *time.Timer // calms
	ahead  int         // guests parked for each zygote
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex
	warm  map[kind]*warmth
	stops bool
	work  sync.WaitGroup
}

// kind tells what is warmed: a runtime, and whether leanly.
type kind struct {
	id   string
	lean bool
}

type warmth struct {
	runtime  *Runtime
	lean     bool
	zygote   *zygote // nil until warmed, and where the runtime cannot fork
	warming  bool
	failures int
	timer    *time.Timer
	parked   []*guest
	want     int // how many should be parked
	used     time.Time
	parking  bool
	bounds   bounds // of the guests to park: what was asked for last
}

const (
	mostWarm     = 6 // zygotes at once: their memory is bounded by this
	mostFailures = 3 // then the runtime is left to class "fresh" until the next life
	quietAfter   = 10 * time.Second

	// What is warm while nothing runs takes no more than this, by what each takes (proportional set size, bytes).
	mostQuiet   = 60 << 20
	zygoteBytes = 14 << 20
	leanBytes   = 8 << 20
	guestBytes  = 2 << 20  // of a zygote
	aheadBytes  = 30 << 20 // of an interpreter that cannot fork
)

// bytes is about what a runtime's warmed processes take.
func (h *warmth) bytes() int64 {
	switch {
	case h.runtime.ahead != nil:
		return aheadBytes * int64(len(h.parked))
	case h.zygote != nil && h.lean:
		return leanBytes + guestBytes*int64(len(h.parked))
	case h.zygote != nil:
		return zygoteBytes + guestBytes*int64(len(h.parked))
	}
	return 0
}

func (h *warmth) kind() kind { return kind{h.runtime.ID(), h.lean} }

// command starts its zygote; nil when it has none.
func (h *warmth) command() []string {
	if h.lean {
		return h.runtime.lean
	}
	return h.runtime.warm
}

func newWarmer(w *ward, idle time.Duration, ahead int) *warmer {
	ctx, cancel := context.WithCancel(context.Background())
	r := &warmer{ward: w, idle: idle, ahead: ahead, ctx: ctx, cancel: cancel, warm: map[kind]*warmth{}}
	r.quiet = time.AfterFunc(quietAfter, r.calm)
	return r
}

// get returns a guest made ahead for the bounds, which holds its zygote; or else a zygote, held; or neither when none is
// warm yet. Until the wanted kind is warm, the other one serves. It never waits.
func (w *warmer) get(rt *Runtime, lean bool, b bounds) (*guest, *zygote) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stops {
		return nil, nil
	}
	w.quiet.Reset(quietAfter)
	if h := w.place(rt, lean); h != nil {
		if g, z := w.take(h, b); g != nil || z != nil {
			return g, z
		}
	}
	if w.warm[kind{rt.ID(), !lean}] == nil {
		return nil, nil
	}
	other := w.place(rt, !lean)
	if other.zygote == nil || !other.zygote.hold() {
		return nil, nil
	}
	return nil, other.zygote
}

// place returns what is warm of a kind, or will be; nil when there is no room for it.
func (w *warmer) place(rt *Runtime, lean bool) *warmth {
	h := w.warm[kind{rt.ID(), lean}]
	if h == nil {
		if len(w.warm) >= mostWarm && !w.evict(rt) {
			return nil
		}
		h = w.add(rt, lean)
	}
	h.timer.Reset(w.idle)
	h.used = time.Now()
	if h.zygote != nil && h.zygote.gone() {
		h.zygote = nil
		h.failures++
	}
	if h.command() != nil && (h.zygote == nil || h.zygote.worn()) && !h.warming && h.failures < mostFailures {
		h.warming = true
		w.work.Go(func() { w.heat(h) })
	}
	return h
}

func (w *warmer) add(rt *Runtime, lean bool) *warmth {
	h := &warmth{runtime: rt, lean: lean, used: time.Now()}
	h.timer = time.AfterFunc(w.idle, func() { w.cool(h) })
	w.warm[h.kind()] = h
	return h
}

func (w *warmer) take(h *warmth, b bounds) (*guest, *zygote) {
	h.bounds = b
	defer w.fill(h)
	for len(h.parked) > 0 {
		g := h.parked[0]
		h.parked = h.parked[1:]
		if g.bounds == b && g.alive() {
			return g, nil
		}
		w.work.Go(func() { w.discard(g) })
	}
	h.want = min(h.want+1, w.most(h))
	if h.zygote == nil || !h.zygote.hold() {
		return nil, nil
	}
	return nil, h.zygote
}

// fill has guests made ahead, if there are too few.
func (w *warmer) fill(h *warmth) {
	if h.zygote == nil && h.runtime.ahead == nil || h.parking || w.stops || len(h.parked) >= h.want {
		return
	}
	h.parking = true
	w.work.Go(func() { w.park(h) })
}

// most is how many of a runtime's guests wait: a forked one costs a megabyte, an interpreter of its own forty.
func (w *warmer) most(h *warmth) int {
	if h.runtime.ahead != nil {
		return min(w.ahead, 2)
	}
	return w.ahead
}

func (w *warmer) park(h *warmth) {
	for {
		w.mu.Lock()
		z, b := h.zygote, h.bounds
		forks := h.runtime.ahead == nil
		if w.stops || w.warm[h.kind()] != h || len(h.parked) >= h.want || forks && (z == nil || !z.hold()) {
			h.parking = false
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		g := w.parkOne(h.runtime, z, b)
		w.mu.Lock()
		switch {
		case g == nil:
			h.parking = false
			w.mu.Unlock()
			return // the next run tries again, and reports
		case w.stops || h.zygote != z || w.warm[h.kind()] != h:
			w.mu.Unlock()
			w.discard(g)
		default:
			h.parked = append(h.parked, g)
			w.mu.Unlock()
		}
	}
}

// parkOne makes a guest: of a held zygote, which the guest then holds, or an interpreter of its own.
func (w *warmer) parkOne(rt *Runtime, z *zygote, b bounds) *guest {
	c, err := w.ward.pool.acquire(w.ctx, b.size)
	if err != nil {
		if z != nil {
			z.release()
		}
		return nil
	}
	c.slot.account.startMemoryPeak()
	var g *guest
	if z != nil {
		g, err = w.ward.fork(c, z, b, -1)
	} else if err = c.slot.account.limit(max(rt.MinMemoryBytes, DefaultLimits().MemoryBytes), DefaultLimits().Processes); err == nil {
		g, err = w.ward.startAhead(c, b, payload{argv: rt.ahead, env: environment(rt, nil)})
	}
	if err != nil {
		if z != nil {
			z.release()
		}
		w.ward.pool.retire(c)
		return nil
	}
	return g
}

func (w *warmer) discard(g *guest) {
	g.release()
	w.ward.pool.retire(g.cell)
}

func (w *warmer) heat(h *warmth) {
	z, err := w.ward.nursery.startZygote(h.command(), environment(h.runtime, nil))
	w.mu.Lock()
	defer w.mu.Unlock()
	h.warming = false
	if err != nil {
		h.failures++
		select {
		case <-w.ward.nursery.ended:
		default:
			w.ward.nursery.log.Warn("cannot warm an interpreter; its runs start fresh", "runtime", h.runtime.ID(), "error", err)
		}
		return
	}
	if old := h.zygote; old != nil {
		old.retire()
	}
	if w.stops || w.warm[h.kind()] != h {
		z.retire()
		return
	}
	h.zygote = z
	w.fill(h)
}

// adopt has runs of a runtime forked from a held zygote that was warmed elsewhere. False: there is no place for it.
func (w *warmer) adopt(rt *Runtime, z *zygote) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stops || w.warm[kind{rt.ID(), false}] != nil || len(w.warm) >= mostWarm && !w.evict(rt) {
		return false
	}
	w.add(rt, false).zygote = z
	return true
}

// forget closes what is warm of a runtime.
func (w *warmer) forget(rt *Runtime) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, lean := range []bool{false, true} {
		if h := w.warm[kind{rt.ID(), lean}]; h != nil && !h.warming && !w.stops {
			w.drop(h)
		}
	}
}

// cool closes a zygote that was not used for a while.
func (w *warmer) cool(h *warmth) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.warm[h.kind()] == h && !h.warming && !w.stops {
		w.drop(h)
	}
}

func (w *warmer) drop(h *warmth) {
	delete(w.warm, h.kind())
	h.timer.Stop()
	for _, g := range h.parked {
		w.work.Go(func() { w.discard(g) })
	}
	h.parked = nil
	if h.zygote != nil {
		h.zygote.retire()
		h.zygote = nil
	}
}

// calm keeps one guest of each runtime, and only as many runtimes, the last used first, as fit the bound.
func (w *warmer) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stops {
		return
	}
	all := slices.SortedFunc(maps.Values(w.warm), func(a, b *warmth) int { return b.used.Compare(a.used) })
	var total int64
	for _, h := range all {
		h.want = min(h.want, 1)
		for len(h.parked) > h.want {
			g := h.parked[0]
			h.parked = h.parked[1:]
			w.work.Go(func() { w.discard(g) })
		}
		if total += h.bytes(); total > mostQuiet {
			total -= h.bytes()
			w.drop(h)
		}
	}
}

// evict makes room by closing the one that was used last the longest ago, of those that have nothing to do. It leaves the
// runtime that the room is for: its other kind serves until the new one is warm.
func (w *warmer) evict(rt *Runtime) bool {
	var oldest *warmth
	for _, h := range w.warm {
		idle := !h.warming && !h.parking && (h.zygote == nil || h.zygote.holding() <= len(h.parked))
		if idle && h.runtime.ID() != rt.ID() && (oldest == nil || h.used.Before(oldest.used)) {
			oldest = h
		}
	}
	if oldest != nil {
		w.drop(oldest)
	}
	return oldest != nil
}

// stop lets no more be warmed and waits for what is under way. The nursery's end takes what is left.
func (w *warmer) stop() {
	w.mu.Lock()
	w.stops = true
	w.quiet.Stop()
	for _, h := range w.warm {
		w.drop(h)
	}
	w.mu.Unlock()
	w.cancel()
	w.work.Wait()
}

// settle waits until what is being warmed or parked is ready.
func (w *warmer) settle() { w.work.Wait() }
