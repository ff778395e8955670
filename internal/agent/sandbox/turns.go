package sandbox

import (
	"runtime"
	"slices"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Long runs take turns. However many there are, and however many processes each of them has, no more of them than cores
// are busy at once; the others stand still where they leave the kernel, and so hold none of its locks. And while there are so
// many that some wait, those that have their turn stand back too as long as a young run is there (one that began lately), but for one turn after ten,
// which half as many have, on half of the cores: one run's processes can be enough for all of them.
//
// A small share of the CPU alone does not do: a run that waits long for it while it holds a lock, or is handed one, on the list
// of who has mapped libc say, has everybody wait who starts a program.
type turns struct {
	places    int          // long runs that are busy at once
	all, half *unix.CPUSet // cores that they may use, and do in a turn that is theirs beside young ones

	mu      sync.Mutex
	awake   []*account // those that have their turn, and those that hardly compute
	waiting []*account // frozen, in the order of their turns
	ended   bool
	timer   *time.Timer // ends the turn; nil while nobody takes part

	young  int           // runs that are young
	paused bool          // who has a turn stands back for them
	since  time.Time     // when that began
	stood  time.Duration // how long they have stood back since the last turn that was theirs in full
	theirs bool          // this turn is
	resume *time.Timer   // ends the pause, a while after the last young run, for the next often follows at once
}

const (
	turn      = 50 * time.Millisecond
	lazy      = turn / 10 // CPU time in a turn below which a run is in nobody's way, however long it goes on
	mostPause = 10 * turn
	linger    = turn / 2 // somebody's next run may be on its way, and what it comes through needs the cores too
)

func newTurns() *turns {
	t := &turns{places: runtime.NumCPU(), all: &unix.CPUSet{}, half: &unix.CPUSet{}}
	_ = unix.SchedGetaffinity(0, t.all) // an empty set, which the kernel takes from nobody, if it cannot be read
	for cpu, left := 0, max(t.all.Count()/2, 1); left > 0 && cpu < 8*int(unsafe.Sizeof(*t.all)); cpu++ {
		if t.all.IsSet(cpu) {
			t.half.Set(cpu)
			left--
		}
	}
	return t
}

// add lets a run take part, until remove.
func (t *turns) add(a *account) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || a.freezer < 0 || a.cpu < 0 {
		return
	}
	a.turns.Store(t)
	a.seen, a.lazy, a.halved = a.cpuTotal(), false, false
	t.awake = append(t.awake, a)
	if a.stood = t.paused; a.stood {
		a.freeze(true)
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(turn, t.next)
	}
}

// remove lets it go on.
func (t *turns) remove(a *account) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a.turns.Store(nil)
	if i := slices.Index(t.awake, a); i >= 0 {
		t.awake = slices.Delete(t.awake, i, i+1)
		if t.paused && !a.lazy {
			a.freeze(false)
		}
	}
	if i := slices.Index(t.waiting, a); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		a.freeze(false)
	}
}

// enter says that a young run begins, leave that one ended or grew old.
func (t *turns) enter() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.young++
	if len(t.waiting) > 0 && !t.theirs {
		t.pause(true)
	}
}

func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.young--; t.young > 0 || !t.paused {
		return
	}
	if t.resume == nil {
		t.resume = time.AfterFunc(linger, t.goOn)
	} else {
		t.resume.Reset(linger)
	}
}

func (t *turns) goOn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.young == 0 {
		t.pause(false)
	}
}

// pause has those stand back that have their turn, or go on.
func (t *turns) pause(on bool) {
	if t.paused == on || t.ended {
		return
	}
	if t.paused = on; on {
		t.since = time.Now()
	} else {
		t.stood += time.Since(t.since)
	}
	for _, a := range t.awake {
		if !a.lazy {
			a.freeze(on)
			a.stood = true
		}
	}
}

// next ends a turn and begins the next.
func (t *turns) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || len(t.awake)+len(t.waiting) == 0 {
		t.timer = nil
		return
	}
	defer t.timer.Reset(turn)
	if t.paused && t.stood+time.Since(t.since) < mostPause {
		return
	}
	t.theirs = t.paused || t.stood >= mostPause
	t.pause(false)
	if t.theirs {
		t.stood = 0
	}
	t.rotate()
	if t.young > 0 && len(t.waiting) > 0 && !t.theirs {
		t.pause(true)
	}
}

// rotate gives the places to those who wait longest.
func (t *turns) rotate() {
	var busy []*account
	t.awake = slices.DeleteFunc(t.awake, func(a *account) bool {
		now := a.cpuTotal()
		a.lazy = now-a.seen < lazy && !a.stood // who stood back may have wanted more
		a.seen, a.stood = now, false
		if !a.lazy {
			busy = append(busy, a)
		}
		return !a.lazy
	})
	frozen := len(t.waiting)
	queue := slices.Concat(t.waiting, busy)
	n, cores, half := min(t.places, len(queue)), t.all, t.young > 0 && len(queue) > t.places
	if half {
		n, cores = max(t.places/2, 1), t.half
	}
	for i, a := range queue {
		if i < n {
			if a.halved != half {
				a.keepTo(cores) // while it stands still, so that it makes no threads meanwhile
				a.halved = half
			}
			a.seen, a.lazy, a.stood = a.cpuTotal(), false, false
		}
		if wasFrozen, freeze := i < frozen, i >= n; wasFrozen != freeze {
			a.freeze(freeze)
		}
	}
	t.awake = append(t.awake, queue[:n]...)
	t.waiting = queue[n:]
}

// end lets all go on, for good.
func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pause(false)
	t.ended = true
	for _, a := range t.waiting {
		a.freeze(false)
	}
	t.awake, t.waiting = nil, nil
}

// youth is how much CPU time a run has before it is one of the long ones, bombs among them, which take turns. For its first moments
// (childhood) long ones stand back for it; one that has slept through these needs no haste, and must not hold the others up.
const (
	youth     = 10 * time.Millisecond
	childhood = 2 * turn
)

// age makes a run one of the long ones when it has had its youth; else it tells when to ask again.
func (r *run) age() (again time.Duration) {
	a := r.cell.slot.account
	left := youth - r.result.Usage.CPU - a.cpuUsed()
	if r.child && (left <= 0 || time.Since(r.begun) >= childhood) {
		r.child = false
		r.ward.turns.leave()
	}
	if left > 0 && r.child {
		return max(left, 5*time.Millisecond)
	}
	if left > 0 {
		return 2 * turn
	}
	r.old = true
	r.ward.turns.add(a)
	if r.cause.Load() != nil { // killed meanwhile
		r.ward.turns.remove(a)
	}
	return 0
}

// renew leaves the slot as it was.
func (r *run) renew() {
	if r.old {
		r.ward.turns.remove(r.cell.slot.account)
	}
	if r.child {
		r.ward.turns.leave()
	}
	if r.wanted != nil {
		r.cell.slot.account.weigh(1)
	}
}
