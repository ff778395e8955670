// Package sandbox runs untrusted programs on this host, each in single-use namespaces, a cgroup, seccomp and Landlock,
// and leaves nothing behind. README.md tells how it is put together, docs/security/sandbox.md what it promises and how
// each promise is tested. This file is the whole door: plain types, and the Driver's methods in driver.go.
package sandbox

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Config says how a Driver runs. Only Dir is required.
type Config struct {
	// Dir is the driver's own folder (created, 0700): the unpacked helper, compiled standard libraries, a lock.
	// Two drivers never share one.
	Dir string
	// Log receives what an operator should know; nil is slog.Default().
	Log *slog.Logger
	// Slots is how many jobs may run at once; further calls of Run wait. 0 is four per core.
	Slots int
	// Parked is how many empty cells wait ready for the next jobs. 0 is one more than the cores; negative is none.
	Parked int
	// CPUs is how many cores one job may keep busy. 0 is one.
	CPUs float64
	// Idle is how long a warmed interpreter without work is kept. 0 is five minutes.
	Idle time.Duration
	// Root is an unpacked image that runs see instead of the host's programs; PrepareRoot has been called on it. Such a
	// driver finds no runtimes: every job brings its own (Job.As).
	Root string
	// CompiledBytes is how much of compiled programs is kept on disk (Job.CacheScope). 0 is 256 MiB; negative is none.
	CompiledBytes int64
	// NoCompileCache leaves out preparing the standard libraries of compiled languages in the background.
	NoCompileCache bool

	find func(name string) *tree // in tests: another host's cgroups
}

// Class is how strongly a job is kept apart from jobs before and beside it.
type Class string

const (
	// ClassProcess forks the interpreter from a warmed one that never runs user code: fastest. Jobs of one warmed
	// interpreter share its address layout and hash secret, and nothing else.
	ClassProcess Class = "process"
	// ClassFresh starts the interpreter anew inside the cell: nothing at all is shared.
	ClassFresh Class = "fresh"
	// ClassGVisor runs the job under a kernel of its own in user space (package gvisor): its system calls never reach
	// the host's kernel.
	ClassGVisor Class = "gvisor"
)

// Stream names one of a job's two outputs.
type Stream uint8

// The two outputs of a job.
const (
	Stdout Stream = 1
	Stderr Stream = 2
)

func (s Stream) String() string {
	if s == Stderr {
		return "stderr"
	}
	return "stdout"
}

// Job is one program to run once.
type Job struct {
	ID      string // for logs and errors only
	Runtime string // "python@3.11.2", a prefix of a version ("python@3.11"), or "python" for the newest
	// As is a runtime that this host did not find by itself: FileName, Command and, perhaps, Compile, Env, Name and
	// Version. Commands are whole paths. Runtime is not looked at then. Nil: one of Runtimes.
	As *Runtime
	// Class is the weakest class that will do; empty takes the fastest that the runtime has. A job may get a stronger
	// one, when no warmed interpreter is ready or its environment speaks to the interpreter; Result.Class tells.
	Class  Class
	Source []byte
	Args   []string          // the program's arguments, without its own name
	Env    map[string]string // added to a fixed, minimal environment
	Files  []File            // laid beside the source
	// Stdin is what the program reads; nil is empty. A read that is blocked when the job ends is left to the caller to end.
	// One that is an io.Closer is closed when the program takes no more of it.
	Stdin io.Reader
	// Terminal makes the program's standard streams one terminal: all its output is Stdout then. Nil: three pipes. A job
	// with a terminal is started fresh.
	Terminal *Terminal
	Limits   Limits
	// CacheScope names those who share what compilers make of their programs: a job gets what an earlier one with the same
	// scope and content had compiled. Empty: it is compiled anew, and not kept.
	CacheScope string
	// Network takes the program's way out: the other end (tun) of a network device that all its traffic goes through. The
	// compiler has none. stop is called when the program has ended, or could not start. Nil: only loopback.
	Network func(tun *os.File) (stop func(), err error)
	// Artefacts are files of the working folder to keep. Nil: nothing is looked for.
	Artefacts *Artefacts

	light bool // in the background: only CPU time that no other job wants
}

// File is laid in the job's working folder before it starts.
type File struct {
	Path       string // relative, slash-separated, without "." and ".." elements
	Content    []byte
	Executable bool

	// From, if not nil, is read in place of Content while the job starts: Size bytes, of which no more than a piece is held
	// in memory. SHA256 stands for them where contents are compared; without it nothing that is made of them is kept.
	From   io.ReaderAt
	Size   int64
	SHA256 []byte
}

// Limits bound one job. A zero field takes that of DefaultLimits.
type Limits struct {
	Wall        time.Duration // from start to end
	CPU         time.Duration // of the whole process tree
	MemoryBytes int64         // of the whole process tree, its files in the working folder included
	OutputBytes int64         // stdout and stderr together; what exceeds it is dropped
	DiskBytes   int64         // working folder, /tmp and /dev/shm together
	InodeCount  int64         // files and folders in them
	Processes   int           // processes and threads at once
}

// DefaultLimits are the limits of a job that names none.
func DefaultLimits() Limits {
	return Limits{
		Wall: 30 * time.Second, CPU: 30 * time.Second, MemoryBytes: 128 << 20, OutputBytes: 1 << 20,
		DiskBytes: 64 << 20, InodeCount: 20_000, Processes: 64,
	}
}

// outputHardFactor times OutputBytes is how much a job may try to write before it is ended: a program that prints too
// much still runs to its end, one that prints without end does not.
const outputHardFactor = 32

// Outcome is how a job ended, in the words of an execution's terminal states.
type Outcome string

// The outcomes.
const (
	Completed Outcome = "completed" // it exited with 0
	Failed    Outcome = "failed"    // it exited otherwise, by a signal, or did not compile
	TimedOut  Outcome = "timed_out" // the wall or CPU limit ended it
	Cancelled Outcome = "cancelled" // the caller's context ended it
	Error     Outcome = "error"     // our fault; Run also returns the error
)

// Reason names the limit that ended a job, or that it failed at.
type Reason string

// The reasons; empty means that no limit was involved.
const (
	ReasonNone      Reason = ""
	ReasonWall      Reason = "wall"
	ReasonCPU       Reason = "cpu"
	ReasonMemory    Reason = "memory"
	ReasonProcesses Reason = "processes"
	ReasonOutput    Reason = "output"
	ReasonDisk      Reason = "disk"
	ReasonCompile   Reason = "compile" // the program did not compile; the compiler's words are on stderr
)

// Usage is what a job's whole process tree used, its compilation included.
type Usage struct {
	Wall            time.Duration
	CPU             time.Duration
	PeakMemoryBytes int64
}

// Result is how a job ended.
type Result struct {
	Outcome  Outcome
	ExitCode *int   // nil when it did not exit by itself
	Signal   string // "SIGSEGV", when a signal ended it
	Reason   Reason
	Usage    Usage
	Class    Class // how it was started
	Cached   bool  // it was not compiled: an earlier job's program was taken
	// Compiling: the limit that Reason names is the compiler's own (CompilerLimits), not the job's.
	Compiling bool

	StdoutBytes int64 // written by the job, whether kept or dropped
	StderrBytes int64
	Truncated   bool // some output was dropped at Limits.OutputBytes

	Omitted []Omitted // what Job.Artefacts named and did not get
}

// Runtime is a language in one version that this host can run.
type Runtime struct {
	Name     string   // "python"
	Version  string   // "3.11.2"
	Path     string   // the interpreter or compiler
	FileName string   // what the source is called in the working folder, "main.py"
	Compile  []string // empty when the source is run as it is
	Command  []string // starts the program; its arguments follow
	Example  string   // a script that shows the runtime off
	Classes  []Class  // fastest first
	// MinMemoryBytes is the smallest memory limit with which a trivial program is known to run.
	MinMemoryBytes int64
	Env            map[string]string // what its tools need, beside the usual

	artefact string // the file that Compile makes, in the working folder; empty when it is not to be kept

	warm      []string // starts its zygote; nil when it has none
	lean      []string // starts a lean one; nil when it has none
	suitsLean func(source []byte) bool
	ahead     []string // starts an interpreter that waits for its run; nil when it has none
}

// Own are the files of the working folder that are not the job's: its source, and what is compiled from it.
func (r Runtime) Own() []string { return []string{r.FileName, r.artefact} }

// ID is the runtime's name in Job.Runtime, "python@3.11.2".
func (r Runtime) ID() string { return r.Name + "@" + r.Version }

// Enforced tells how one promise of the sandbox is kept on this host.
type Enforced struct {
	What string // "memory", "processes", "cpu", "users", "system calls", "files", ...
	How  string // "cgroup v1 memory", "user namespace, 65536 ids from 2000000000", "none: ..."
	OK   bool   // false when it is not kept, or only in part
}

func (e Enforced) String() string { return e.What + ": " + e.How }

// HostError is returned by Open when this host cannot isolate. Missing says what to enable, one sentence each.
type HostError struct{ Missing []string }

func (e *HostError) Error() string {
	return "this host cannot isolate programs: " + strings.Join(e.Missing, "; ")
}

// JobError is returned by Run when the job itself cannot be run as asked; nothing was started.
type JobError struct {
	Field   string // "runtime", "files", "args", "env", "limits", "network", "class", "artefacts"
	Problem string
}

func (e *JobError) Error() string { return fmt.Sprintf("job %s: %s", e.Field, e.Problem) }

// ErrClosed is returned by Run after Close.
var ErrClosed = errors.New("sandbox is closed")
