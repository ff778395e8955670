package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// account is one slot's cgroups: what bounds a run's process tree and counts what it uses. It is kept from run to run,
// for making one costs more than a run; so every counter is read as a difference, and the peak is reset.
// Its files stay open: the hot path is a few reads and writes. The helper joins by the tasks files, which we opened as
// root, so the guest's own rights do not matter.
type account struct {
	tasks                          []int // to join
	memory, swap, peak, oom, force int   // open files; -1 when the host does not offer it
	pids, forks, cpu, share        int
	freezer                        int
	threads                        string    // file that lists who is in it
	cpuNanos                       bool      // the cpu file counts nanoseconds (v1); else it has a line "usage_usec" (v2)
	words                          [2]string // for the freezer: go on, stand still

	ordinary             int64 // share of the CPU, as every slot has it
	memoryLimit          int64 // as set last
	processes            int
	startCPU             time.Duration
	startMemory          int64
	startOOM, startForks int64

	turns  atomic.Pointer[turns] // of whoever takes turns, see turns.go
	seen   time.Duration         // CPU time at the begin of its turn
	lazy   bool                  // it has used little of the one before
	halved bool                  // kept to half of the cores
	stood  bool                  // it has stood back in this one
}

// open makes the slot's cgroup in every hierarchy and opens its files.
func (t *tree) open(slot int, cpus float64) (*account, error) {
	a := &account{memory: -1, swap: -1, peak: -1, oom: -1, force: -1, pids: -1, forks: -1, cpu: -1, share: -1, freezer: -1, memoryLimit: math.MaxInt64}
	joined := map[string]bool{}
	for controller, b := range t.where {
		dir := b.slot(slot)
		if !joined[dir] {
			joined[dir] = true
			if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
				a.close()
				return nil, fmt.Errorf("make a cgroup: %w", err)
			}
			file := "tasks"
			a.threads = filepath.Join(dir, file)
			if b.v2 {
				file, a.threads = "cgroup.procs", filepath.Join(dir, "cgroup.threads")
			}
			fd, err := unix.Open(filepath.Join(dir, file), unix.O_WRONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				a.close()
				return nil, fmt.Errorf("open a cgroup: %w", err)
			}
			a.tasks = append(a.tasks, fd)
		}
		a.openController(controller, dir, b.v2, cpus)
	}
	return a, nil
}

func (a *account) openController(controller, dir string, v2 bool, cpus float64) {
	file := func(name string, mode int) int {
		fd, err := unix.Open(filepath.Join(dir, name), mode|unix.O_CLOEXEC, 0)
		if err != nil {
			return -1
		}
		return fd
	}
	once := func(name, value string) { _ = os.WriteFile(filepath.Join(dir, name), []byte(value), 0) }
	quota := strconv.Itoa(int(cpus * 100_000))
	switch {
	case controller == "memory" && v2:
		a.memory, a.peak, a.oom = file("memory.max", unix.O_WRONLY), file("memory.peak", unix.O_RDWR), file("memory.events", unix.O_RDONLY)
		once("memory.swap.max", "0")
		once("memory.oom.group", "1")
	case controller == "memory":
		once("memory.use_hierarchy", "1")
		once("memory.swappiness", "0")
		a.memory, a.swap = file("memory.limit_in_bytes", unix.O_WRONLY), file("memory.memsw.limit_in_bytes", unix.O_WRONLY)
		a.peak, a.oom = file("memory.max_usage_in_bytes", unix.O_RDWR), file("memory.oom_control", unix.O_RDONLY)
		a.force = file("memory.force_empty", unix.O_WRONLY)
	case controller == "pids":
		a.pids, a.forks = file("pids.max", unix.O_WRONLY), file("pids.events", unix.O_RDONLY)
	case controller == "cpu" && v2:
		once("cpu.max", quota+" 100000")
		a.share, a.ordinary = file("cpu.weight", unix.O_WRONLY), 100
	case controller == "cpu":
		once("cpu.cfs_period_us", "100000")
		once("cpu.cfs_quota_us", quota)
		a.share, a.ordinary = file("cpu.shares", unix.O_WRONLY), 1024
	case controller == "cpuacct" && v2:
		a.cpu = file("cpu.stat", unix.O_RDONLY)
	case controller == "cpuacct":
		a.cpu, a.cpuNanos = file("cpuacct.usage", unix.O_RDONLY), true
	case controller == "freezer" && v2:
		a.freezer, a.words = file("cgroup.freeze", unix.O_WRONLY), [2]string{"0", "1"}
	case controller == "freezer":
		a.freezer, a.words = file(freezerFile, unix.O_WRONLY), [2]string{thawed, "FROZEN"}
	}
}

// limit sets the bounds of the next process, if they are not set already.
func (a *account) limit(memory int64, processes int) error {
	if a.pids >= 0 && processes != a.processes {
		if err := put(a.pids, int64(processes)); err != nil {
			return fmt.Errorf("limit processes: %w", err)
		}
		a.processes = processes
	}
	if a.memory < 0 || memory == a.memoryLimit {
		return nil
	}
	// With swap accounting the sum's limit may never be below the memory's: raise it first, lower it last.
	files := []int{a.memory, a.swap}
	if memory > a.memoryLimit {
		files = []int{a.swap, a.memory}
	}
	for _, fd := range files {
		if fd < 0 {
			continue
		}
		if err := put(fd, memory); err != nil {
			return fmt.Errorf("limit memory: %w", err)
		}
	}
	a.memoryLimit = memory
	return nil
}

// weigh gives the slot so many times the ordinary share of the CPU; for 0 the least.
func (a *account) weigh(times int64) {
	if a.share >= 0 {
		_ = put(a.share, max(times*a.ordinary, 2)) // v1 takes no less than 2
	}
}

// Of v1's freezer.
const (
	freezerFile = "freezer.state"
	thawed      = "THAWED"
)

// freeze has the slot's processes stand still, each as soon as it leaves the kernel, or go on.
func (a *account) freeze(on bool) {
	word := a.words[0]
	if on {
		word = a.words[1]
	}
	_, _ = unix.Pwrite(a.freezer, []byte(word), 0)
}

// keepTo has all its threads use these cores only, and so those that they make. One that chose among the cores itself is not
// asked; it may choose again.
func (a *account) keepTo(cores *unix.CPUSet) {
	for _, thread := range words(a.threads) {
		if tid, err := strconv.Atoi(thread); err == nil {
			_ = unix.SchedSetaffinity(tid, cores) // it may be gone
		}
	}
}

// startMemoryPeak forgets the last run's peak, before a process is made for the next one.
func (a *account) startMemoryPeak() {
	if a.peak >= 0 {
		_ = put(a.peak, 0)
	}
	a.startMemory = a.peakTotal()
}

// startCounting takes the counters' values when the run begins.
func (a *account) startCounting() {
	a.startCPU, a.startOOM, a.startForks = a.cpuTotal(), a.count(a.oom, "oom_kill "), a.count(a.forks, "max ")
}

func (a *account) cpuUsed() time.Duration { return a.cpuTotal() - a.startCPU }
func (a *account) oomKills() int64        { return a.count(a.oom, "oom_kill ") - a.startOOM }
func (a *account) refusedForks() int64    { return a.count(a.forks, "max ") - a.startForks }

// peakMemory leaves out what was charged before: pages of the system's files, which stay cached for everybody.
func (a *account) peakMemory() int64 { return a.peakTotal() - a.startMemory }

func (a *account) peakTotal() int64 {
	if a.peak < 0 {
		return 0
	}
	var buf [64]byte
	return number(get(a.peak, buf[:]))
}

func (a *account) cpuTotal() time.Duration {
	if a.cpu < 0 {
		return 0
	}
	if a.cpuNanos {
		var buf [64]byte
		return time.Duration(number(get(a.cpu, buf[:])))
	}
	return time.Duration(a.count(a.cpu, "usage_usec ")) * time.Microsecond
}

// count reads one line of a file of "key value" lines.
func (a *account) count(fd int, key string) int64 {
	if fd < 0 {
		return 0
	}
	var buf [1024]byte
	text := get(fd, buf[:])
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(key)); ok {
			return number(rest)
		}
	}
	return 0
}

// mostResidue is how much cached file memory may stay charged to a slot. It is the next run's, and reclaimed when that
// needs the room; but a run that has read all of /usr shall not blur the next one's peak.
const mostResidue = 32 << 20

// recycle drops what the last run left charged, if that is much. Always would be slow: the pages of the interpreter itself
// may be charged here, and would have to be read from disk again.
func (a *account) recycle() {
	if a.peak < 0 || a.force < 0 {
		return
	}
	_ = put(a.peak, 0) // now it is what is charged at this moment
	if a.peakTotal() > mostResidue {
		_ = put(a.force, 0)
	}
}

func (a *account) close() {
	for _, fd := range append(a.tasks, a.memory, a.swap, a.peak, a.oom, a.force, a.pids, a.forks, a.cpu, a.share, a.freezer) {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

func put(fd int, v int64) error {
	var buf [24]byte
	_, err := unix.Pwrite(fd, strconv.AppendInt(buf[:0], v, 10), 0)
	return err
}

func get(fd int, buf []byte) []byte {
	n, err := unix.Pread(fd, buf, 0)
	if err != nil {
		return nil
	}
	return buf[:n]
}

func number(b []byte) int64 {
	v, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64)
	if err != nil {
		return 0
	}
	return v
}
