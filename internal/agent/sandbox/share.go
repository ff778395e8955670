package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// What drivers of other classes have in common with this one: the same checks (Driver.Prepare), the same view of the
// host (Driver.View), and the types below, which make the same words mean the same in every class.

// Helper is the static helper program, unpacked.
func (d *Driver) Helper() string { return filepath.Join(d.config.Dir, "lib", "stoa-sandbox") }

// Step is one process of a job: its compiler, or the program.
type Step struct {
	Payload []byte // arguments, environment and files, as helper/payload.c reads them
	Limits  Limits
	Program bool // it gets the input, and its end is the job's

	contents []File // that follow the payload
}

// Steps are the processes of a prepared job, one after the other. The disk of the first must do for all.
func Steps(rt *Runtime, job Job) []Step {
	env := environment(rt, job.Env)
	files := append([]File{{Path: rt.FileName, Content: job.Source}}, job.Files...)
	var steps []Step
	if len(rt.Compile) > 0 {
		limits := compileLimits
		limits.MemoryBytes, limits.DiskBytes = max(limits.MemoryBytes, job.Limits.MemoryBytes), max(limits.DiskBytes, job.Limits.DiskBytes)
		limits.InodeCount, limits.OutputBytes = job.Limits.InodeCount, job.Limits.OutputBytes
		steps, files = append(steps, Step{Payload: payload{rt.Compile, env, files}.encode(), Limits: limits, contents: files}), nil
	}
	argv := append(append([]string{}, rt.Command...), job.Args...)
	return append(steps, Step{Payload: payload{argv, env, files}.encode(), Limits: job.Limits, Program: true, contents: files})
}

// Follows is how many bytes of files come after the payload, and Pour writes them. It fails if they cannot be read; that
// nobody takes them any more is no failure.
func (s Step) Follows() (bytes int64) {
	for _, f := range s.contents {
		if isStreamed(f) {
			bytes += f.Size
		}
	}
	return bytes
}

// Pour writes what Follows counts.
func (s Step) Pour(to io.Writer) error { return pour(to, s.contents) }

// GuestUID is the user that a program is, inside.
const GuestUID = firstUID

// Streams are the standard streams of one job, bounded.
type Streams struct {
	pipes *pipes
	sink  *sink
}

// NewStreams makes the pipes; what comes through them is held until Follow.
func NewStreams() (*Streams, error) {
	p, err := newPipes(os.Getuid())
	if err != nil {
		return nil, err
	}
	// For whom they are is another kernel's matter; nobody else comes by a pipe. So that /dev/stdin opens anew, inside.
	for _, fd := range p.theirs {
		if err := unix.Fchmod(fd, 0o666); err != nil {
			p.close()
			return nil, fmt.Errorf("prepare a pipe: %w", err)
		}
	}
	return &Streams{pipes: p}, nil
}

// Theirs are the program's ends: input, output, errors. Once it has them, HandOver closes ours of them.
func (s *Streams) Theirs() [3]int { return s.pipes.theirs }

// HandOver closes the program's ends here.
func (s *Streams) HandOver() { s.pipes.handOver() }

// Follow begins to read: the first limit bytes go to out, and past a multiple of limit alarm is called.
func (s *Streams) Follow(limit int64, out func(Stream, []byte), alarm func()) {
	s.sink = newSink(limit, out, alarm)
	s.pipes.follow(s.sink)
}

// Feed writes the input, and closes it at its end. Nil is empty.
func (s *Streams) Feed(stdin io.Reader) { s.pipes.feed(stdin) }

// Finish takes what was written until now, and counts it all into the result.
func (s *Streams) Finish(r *Result) {
	s.pipes.finish(s.sink)
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	r.StdoutBytes, r.StderrBytes, r.Truncated = s.sink.total[Stdout], s.sink.total[Stderr], s.sink.truncated
}

// Close closes everything. What still reads or writes ends.
func (s *Streams) Close() { s.pipes.close() }

// Cgroups is a driver's folder in each of the host's cgroup hierarchies.
type Cgroups struct {
	tree *tree
	// Enforcement says what they bound here.
	Enforcement []Enforced
}

// OpenCgroups makes the folders of the driver that owns dir, after removing what an earlier life of it left, with every
// process in them.
func OpenCgroups(dir string, log *slog.Logger) (*Cgroups, error) {
	instance := instanceOf(dir)
	var life [4]byte
	_, _ = rand.Read(life[:])
	t := findTree("stoa-" + instance + "-" + hex.EncodeToString(life[:]))
	removed, err := t.sweep(instance)
	if err != nil {
		return nil, fmt.Errorf("remove cgroups that an earlier life left: %w", err)
	}
	if len(removed) > 0 {
		log.Info("removed cgroups that an earlier life left", "cgroups", removed)
	}
	c := &Cgroups{tree: t, Enforcement: t.enforcement(t.create())}
	return c, nil
}

// Account makes the cgroups of one slot. cpus is how many cores it may keep busy.
func (c *Cgroups) Account(slot int, cpus float64) (*Account, error) {
	a, err := c.tree.open(slot, cpus)
	if err != nil {
		return nil, err
	}
	return &Account{a}, nil
}

// Close kills what is left in the cgroups, and removes them.
func (c *Cgroups) Close() error {
	for _, dir := range c.tree.dirs() {
		if err := removeTree(dir); err != nil {
			return err
		}
	}
	return nil
}

// Account is one slot's cgroups: what bounds a process tree and counts what it uses.
type Account struct{ a *account }

// Join are the files by which a process joins: it writes "0" to each.
func (a *Account) Join() []int { return a.a.tasks }

// Limit bounds the tree.
func (a *Account) Limit(memory int64, processes int) error { return a.a.limit(memory, processes) }

// Start takes the counters' values; what follows is counted from here. It returns what memory is in use now, in bytes.
func (a *Account) Start() int64 {
	a.a.startMemoryPeak()
	a.a.startCounting()
	return a.a.startMemory
}

// CPU is what was used since Start.
func (a *Account) CPU() time.Duration { return a.a.cpuUsed() }

// PeakMemory is the most that was in use since Start, beyond what was in use then, in bytes.
func (a *Account) PeakMemory() int64 { return max(a.a.peakMemory(), 0) }

// OutOfMemory tells whether the kernel ended a process for want of memory since Start.
func (a *Account) OutOfMemory() bool { return a.a.oomKills() > 0 }

// RefusedForks tells whether a process or thread was refused for want of a place since Start.
func (a *Account) RefusedForks() bool { return a.a.refusedForks() > 0 }

// Recycle drops what ended processes left charged here.
func (a *Account) Recycle() {
	if a.a.force >= 0 {
		_ = put(a.a.force, 0)
	}
}

// Close closes its files; its folders go with the Cgroups.
func (a *Account) Close() { a.a.close() }
