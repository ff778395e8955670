package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// TaskRef names one attempt at one piece of work.
type TaskRef struct {
	Kind    string // "execution"
	ID      ident.ID
	Attempt int
}

func (r TaskRef) String() string { return fmt.Sprintf("%s/%s/%d", r.Kind, r.ID, r.Attempt) }

// KindExecution is the TaskRef kind of executions.
const KindExecution = "execution"

// Session is a node's session that this replica holds, as it is now.
type Session struct {
	NodeID   ident.ID
	Name     string
	Epoch    int64
	Slots    int // how many tasks may run at once; zero when the host cannot isolate programs
	Runtimes []Runtime
	Cordoned bool // nothing new may be placed here; draining nodes are cordoned
	Draining bool
}

// Runtime is a language in one version that a node can run.
type Runtime struct {
	Name           string   `json:"name"`    // "python"
	Version        string   `json:"version"` // "3.11.2"
	FileName       string   `json:"file_name"`
	Example        string   `json:"example"`
	Compiled       bool     `json:"compiled"`
	Classes        []string `json:"classes"` // fastest first
	MinMemoryBytes int64    `json:"min_memory_bytes"`
}

// ID is the runtime's full name, "python@3.11.2".
func (r Runtime) ID() string { return r.Name + "@" + r.Version }

// StreamName names one of a program's two outputs.
type StreamName string

// The two outputs of a program.
const (
	Stdout StreamName = "stdout"
	Stderr StreamName = "stderr"
)

// Frame is a piece of output. Frames of one attempt count up from 0 without gaps
// across both streams; Offset counts the bytes of its own stream. After a
// reconnect frames come again from 0, identical: receivers drop by Seq.
type Frame struct {
	Seq    int64
	Stream StreamName
	Offset int64
	Bytes  []byte
}

// Outcomes of an execution.
const (
	OutcomeCompleted = "completed" // exited with 0
	OutcomeFailed    = "failed"    // exited otherwise, by a signal, or did not compile
	OutcomeTimedOut  = "timed_out" // the wall or CPU limit ended it
	OutcomeCancelled = "cancelled" // Sessions.Cancel ended it
	OutcomeError     = "error"     // our fault; ReasonCode says which
)

// Reason codes of results that the agent itself ended. Limits give their own
// names ("wall", "cpu", "memory", "processes", "output", "disk", "compile").
const (
	ReasonAgentStopped     = "agent_stopped"      // the agent was told to stop
	ReasonControlPlaneLost = "control_plane_lost" // lease and grace passed without contact
	ReasonKilled           = "killed"             // SessionOpened asked for it
	ReasonTaskRefused      = "task_refused"       // the sandbox cannot run it as asked; the message says why
	ReasonTaskInvalid      = "task_invalid"       // signature, expiry or addressee did not hold
	ReasonTaskUnknown      = "task_unknown"       // cancelled, but the agent does not have it
	ReasonSandbox          = "sandbox"            // the sandbox failed
	ReasonFileGone         = "file_gone"          // a file that the task names is there no more
	ReasonFileUnread       = "file_unread"        // a file that the task names could not be brought to the node whole
)

// Usage is what a program's whole process tree used.
type Usage struct {
	Wall            time.Duration
	CPU             time.Duration
	PeakMemoryBytes int64
}

// ExecutionResult is how an execution ended, with everything that was kept of its output.
type ExecutionResult struct {
	Outcome       string
	ExitCode      *int   // nil when it did not exit by itself
	Signal        string // "SIGSEGV", when a signal ended it
	ReasonCode    string // the limit that ended it, or why there is an error
	ReasonMessage string
	Usage         Usage
	Class         string // how it was started: "process" or "fresh"

	Stdout, Stderr           []byte
	StdoutBytes, StderrBytes int64 // written by the program, whether kept or dropped
	// Layout is how stdout and stderr alternated: byte counts of what was kept, in the
	// order of writing, negative ones on stderr.
	Layout []int32
	Egress *EgressReport // of a program that had egress
	// Recording is what was said, in asciicast v2, where it was to be recorded.
	Recording []byte
	// Artefacts are the files that the program's spec asked for, and what of it is not there.
	Artefacts        []Artefact
	ArtefactsOmitted []OmittedArtefact
	Ago              time.Duration // since it ended; more than nothing when it was sent again
}

// Artefact is a file that outlives its run.
type Artefact struct {
	Path    string // relative to the program's folder
	Size    int64
	SHA256  []byte
	Content []byte
}

// OmittedArtefact is a file or pattern that gave no artefact.
type OmittedArtefact struct{ Path, Reason string }

// StdoutTruncated tells whether some of stdout was dropped.
func (r ExecutionResult) StdoutTruncated() bool { return r.StdoutBytes > int64(len(r.Stdout)) }

// StderrTruncated tells whether some of stderr was dropped.
func (r ExecutionResult) StderrTruncated() bool { return r.StderrBytes > int64(len(r.Stderr)) }

// Task is work for an agent. Exactly one spec is set.
type Task struct {
	Ref       TaskRef
	Expires   time.Duration // the agent refuses to start it later than this; zero is DefaultTaskExpiry
	Execution *ExecutionSpec
}

// DefaultTaskExpiry is how long a task without its own expiry may take to reach its agent.
const DefaultTaskExpiry = 30 * time.Second

// ExecutionSpec is a program to run once.
type ExecutionSpec struct {
	Runtime string // "python@3.11.2"
	Source  []byte
	Args    []string
	Env     map[string]string
	Files   []File
	Named   []NamedFile // files whose contents the agent asks a FileUser for
	Stdin   []byte
	Limits  Limits
	Egress  *Egress       // nil: no network but loopback
	Class   string        // "process", "fresh", or empty for the fastest
	Image   *ImageProgram // where the runtime is an image
	// CacheScope names those who share what compilers made of their programs: the project. Empty: nothing is kept.
	CacheScope string
	// Interactive is for a program that gets input while it runs; nil: Stdin is all.
	Interactive *Interactive
	Artefacts   *Artefacts // nil: no file outlives the run
}

// Artefacts says which files of the program's folder are to be kept at its end.
type Artefacts struct {
	Patterns []string // as package glob reads them
	MaxBytes int64    // of all together
	MaxCount int
}

// Interactive is how a program gets input while it runs.
type Interactive struct {
	Terminal    *TerminalSize // nil: its standard streams are pipes
	Idle        time.Duration // how long it may go on with neither input nor output
	RecordBytes int64         // how much of a recording is kept; zero: there is none
}

// TerminalSize is in characters.
type TerminalSize struct{ Columns, Rows int }

// Input is something for the standard input of a running program.
type Input struct {
	ID    int64 // chosen by the sender; the answer repeats it
	Bytes []byte
	End   bool          // after the bytes, the input ends
	Size  *TerminalSize // the terminal has another size now
}

// InputTaken tells what became of an input.
type InputTaken struct {
	ID    int64
	Taken int    // how many bytes the program will get; the others are as if they had never been sent
	State string // one of the following
}

// What a program does about its input.
const (
	InputOpen   = ""       // it takes it
	InputFull   = "full"   // it does not read now: the rest may be sent again later
	InputClosed = "closed" // the input has ended, or it reads no more
	InputGone   = "gone"   // it does not run
)

// Egress is where a program may connect to.
type Egress struct {
	Allow    []string // as package destination reads them
	Private  bool     // rules for private addresses count
	Revision int64    // counts up with each change
}

// EgressReport is what a program did with its egress so far.
type EgressReport struct {
	Revision          int64 // of the list in force
	Connections       int64
	BytesOut, BytesIn int64
	Refused           []EgressRefusal
	RefusedMore       int64 // refusals of destinations beyond those
}

// EgressRefusal is a destination that a program was refused.
type EgressRefusal struct {
	Destination string `json:"destination"` // "203.0.113.9:443", or a name
	Why         string `json:"why"`
	Count       int64  `json:"count"`
}

// ImageProgram says how a source is run in an image. Programs are searched in the image's PATH.
type ImageProgram struct {
	Digest   string // "sha256:…"
	FileName string
	Command  []string
	Compile  []string // empty: the source is run as it is
	Env      map[string]string
}

// Image is one that a node is to have ready.
type Image struct {
	Reference string // with a digest
	Username  string // empty: anonymous
	Password  secret.String
	Insecure  bool // plain HTTP is allowed
	Runtimes  []ImageRuntime
}

// ImageRuntime is a runtime that is an image.
type ImageRuntime struct {
	Name    string // "python@3.12.8"
	Program ImageProgram
}

// States of an image on a node.
const (
	ImageWaiting = "waiting" // another one is pulled first
	ImagePulling = "pulling"
	ImageReady   = "ready"
	ImageFailed  = "failed" // and is tried again
)

// ImageStatus is how far a node is with an image.
type ImageStatus struct {
	Digest      string
	State       string
	Done, Total int64 // bytes of its layers as they are sent; zero while unknown
	Reason      string
	// Runtimes are those of an image that is ready of which the node knows how it runs them. Empty: its agent is too old
	// to tell.
	Runtimes []RuntimeClasses
}

// RuntimeClasses says in which classes a node runs a runtime that is an image.
type RuntimeClasses struct {
	Runtime string // "python@3.12.8"
	Classes []string
	Reason  string // why "process" is not among them
}

// File is laid beside the program's source.
type File struct {
	Path       string
	Content    []byte
	Executable bool
}

// NamedFile is laid beside the program's source, and does not travel with its task.
type NamedFile struct {
	Path   string
	Size   int64
	SHA256 []byte
}

// Limits bound one execution; a zero takes the sandbox's default.
type Limits struct {
	Wall        time.Duration
	CPU         time.Duration
	MemoryBytes int64
	OutputBytes int64
	DiskBytes   int64
	Inodes      int64
	Processes   int
}

// Workload is a slice whose work runs on nodes, registered by task kind.
//
// Calls about one session come one after the other, from SessionOpened to
// SessionClosed; only Ended runs beside them, after every Output of its ref.
// Except for Ended they hold up the session, heartbeats included, so they must
// not wait for anything but a database.
type Workload interface {
	// SessionOpened comes before anything else of a session. running and unacked are
	// what the agent has of this kind; results of unacked follow through Ended. What
	// is returned is killed. An error ends the session; the agent tries again.
	SessionOpened(ctx context.Context, s Session, running, unacked []TaskRef) (kill []TaskRef, err error)
	// SessionClosed says that this replica no longer holds the session. The node may
	// come back at once, here or at another replica; its work is lost only when
	// node.offline.v1 says so.
	SessionClosed(ctx context.Context, s Session, reason string)
	// NodeChanged says that the session's node was cordoned, uncordoned or set to drain.
	NodeChanged(ctx context.Context, s Session)
	// Started comes again after a reconnect.
	Started(ctx context.Context, node ident.ID, ref TaskRef, ago time.Duration)
	Output(ctx context.Context, node ident.ID, ref TaskRef, f Frame)
	// Ended stores a result. nil and ErrStale are acked, and the agent forgets the
	// task; after any other error Ended is called again, with growing pauses.
	Ended(ctx context.Context, node ident.ID, epoch int64, ref TaskRef, r ExecutionResult) error
}

// ImageUser is a Workload that has asked nodes for images. It hears, between SessionOpened
// and SessionClosed, how far each is: all of them, whenever one changed.
type ImageUser interface {
	ImagesChanged(ctx context.Context, node ident.ID, epoch int64, all []ImageStatus)
}

// EgressUser is a Workload that gives programs egress. It hears, while a program runs, which
// list is in force and what was refused.
type EgressUser interface {
	EgressReported(ctx context.Context, node ident.ID, ref TaskRef, r EgressReport)
}

// InputUser is a Workload whose programs get input while they run. It hears what became of each.
type InputUser interface {
	InputTaken(ctx context.Context, node ident.ID, ref TaskRef, r InputTaken)
}

// FileUser is a Workload whose programs get files that do not travel with their tasks.
type FileUser interface {
	// ReadFile gives a piece of a file that the task names, from offset on; nothing past its end. ErrStale: the node does not
	// hold that attempt, or the attempt names no such file.
	ReadFile(ctx context.Context, node ident.ID, ref TaskRef, sha256 []byte, offset int64) ([]byte, error)
}

// Sessions is what a Workload does with the sessions that this replica holds.
// Every method returns at once: it queues one message on the session's stream.
type Sessions interface {
	// Local lists the sessions that are open here, after their SessionOpened.
	Local() []Session
	// Assign sends a signed task. ErrNoSession: not held here, or another epoch.
	// ErrBusy: the session's send queue is full.
	Assign(node ident.ID, epoch int64, t Task) error
	// Cancel ends an attempt; its result says cancelled, with reason as its code.
	Cancel(node ident.ID, ref TaskRef, reason string) error
	// ReplayOutput asks for the frames from fromSeq on once more.
	ReplayOutput(node ident.ID, ref TaskRef, fromSeq int64) error
	// SetEgress gives a running program another list. The reply is an EgressUser's.
	SetEgress(node ident.ID, ref TaskRef, to Egress) error
	// Input sends something to a running program's standard input, once. The reply is an InputUser's; with
	// the session it is lost.
	Input(node ident.ID, ref TaskRef, in Input) error
	// KeepImages names every image that the node is to have ready, from now on.
	KeepImages(node ident.ID, epoch int64, all []Image) error
}

// Errors between sessions and workloads.
var (
	ErrStale     = errors.New("stale: another attempt or session holds")
	ErrNoSession = errors.New("this replica does not hold the node's session")
	ErrBusy      = errors.New("the session's send queue is full")
)
