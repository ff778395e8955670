// Package execution is the column that runs people's code: an execution is one
// run of one program in one runtime, from submit to a result that lasts.
//
// Invariants. An accepted execution reaches exactly one terminal status. A result
// is taken only from the attempt that the row names; every new attempt fences off
// the one before. The caller's load row is locked before the execution is, and
// counts exactly its queued and active executions. Output crosses the database
// once, with the result.
package execution

import (
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind is the aggregate's name in events, tasks and audit records.
const Kind = "execution"

// Execution is one run. Sizes are bytes, limits are milliseconds, usage is microseconds.
type Execution struct {
	ID             ident.ID   `db:"id"`
	Version        int64      `db:"version"`
	OrganizationID ident.ID   `db:"organization_id"`
	ProjectID      ident.ID   `db:"project_id"`
	OwnerID        ident.ID   `db:"owner_id"`
	Runtime        string     `db:"runtime"`     // exact: "python@3.11.2"
	ClassAsked     Class      `db:"class_asked"` // empty: none was asked for
	Class          Class      `db:"class"`       // where it must be placed; empty: anywhere
	ClassGiven     Class      `db:"class_given"` // how its node ran it; empty before the end
	Status         Status     `db:"status"`
	ReasonCode     string     `db:"reason_code"`
	ReasonMessage  string     `db:"reason_message"`
	Priority       Priority   `db:"priority"`
	Rank           int64      `db:"rank"`
	Network        bool       `db:"network"`
	Interactive    bool       `db:"interactive"` // it gets input while it runs
	WallMS         int64      `db:"wall_ms"`
	CPUMS          int64      `db:"cpu_ms"`
	MemoryBytes    int64      `db:"memory_bytes"`
	Processes      int        `db:"processes"`
	OutputBytes    int64      `db:"output_bytes"`
	DiskBytes      int64      `db:"disk_bytes"`
	NodeID         ident.ID   `db:"node_id"`
	Epoch          int64      `db:"epoch"`   // of the node's session that got it
	Attempt        int        `db:"attempt"` // 1 for the first assignment
	CancelAsked    bool       `db:"cancel_asked"`
	RetryOf        ident.ID   `db:"retry_of"`
	ScriptID       ident.ID   `db:"script_id"`      // zero: its source was sent with it
	ScriptVersion  int        `db:"script_version"` // whose text it ran
	ScriptName     string     `db:"script_name"`    // that it had then
	ExitCode       *int       `db:"exit_code"`
	Signal         string     `db:"signal"`
	UsedWallUS     *int64     `db:"used_wall_us"`
	UsedCPUUS      *int64     `db:"used_cpu_us"`
	PeakMemory     *int64     `db:"peak_memory_bytes"`
	CreatedAt      time.Time  `db:"created_at"`
	ScheduledAt    *time.Time `db:"scheduled_at"`
	StartedAt      *time.Time `db:"started_at"`
	EndedAt        *time.Time `db:"ended_at"`
}

// become moves the execution along the table of transitions, as its next version.
// A move that the table does not have is a mistake of ours: it panics, and the
// transaction with it.
func (e *Execution) become(to Status) {
	if !May(e.Status, to) {
		panic(fmt.Sprintf("execution: %s cannot become %s", e.Status, to))
	}
	e.Version++
	e.Status = to
}

func (e *Execution) aggregate() eventlog.Aggregate {
	return eventlog.Aggregate{Kind: Kind, ID: e.ID, Version: e.Version}
}

// Input is what the program gets.
type Input struct {
	Source string            `json:"source"`
	Stdin  []byte            `json:"stdin,omitempty"`
	Args   []string          `json:"args,omitempty"`
	Env    map[string]string `json:"env,omitempty"`
	Files  []File            `json:"files,omitempty"`

	Artefacts *Artefacts `json:"artefacts,omitempty"` // nil: no file outlives the run

	Egress      *Egress      `db:"-" json:"-"` // nil: no network
	Interactive *Interactive `db:"-" json:"-"` // nil: Stdin is all
}

// File is an extra file in the program's folder.
type File struct {
	Path    string `json:"path"` // relative, inside the work folder
	Content []byte `json:"content"`

	// FileID names an upload in place of Content. When the execution is accepted it is copied; or, where all files together
	// are too large for that, it stays named, and its node fetches the content by its hash.
	FileID ident.ID `json:"file_id,omitzero"`
	Size   int64    `json:"size,omitzero"`
	SHA256 []byte   `json:"sha256,omitempty"`
}

// Output is what the program wrote, up to the kept amount. Layout tells the order
// in which both streams came: +n bytes of stdout, -n bytes of stderr.
type Output struct {
	Stdout          []byte  `db:"stdout"`
	Stderr          []byte  `db:"stderr"`
	Layout          []int32 `db:"layout"`
	StdoutTruncated bool    `db:"stdout_truncated"`
	StderrTruncated bool    `db:"stderr_truncated"`
}

// Interleaved puts both streams together in the order in which they were written.
func (o Output) Interleaved() []byte {
	both := make([]byte, 0, len(o.Stdout)+len(o.Stderr))
	out, err := o.Stdout, o.Stderr
	for _, n := range o.Layout {
		from, size := &out, int(n)
		if n < 0 {
			from, size = &err, -int(n)
		}
		size = min(size, len(*from))
		both = append(both, (*from)[:size]...)
		*from = (*from)[size:]
	}
	return append(append(both, out...), err...)
}

// Limits bounds one run. Zero means the default that applies to the caller.
type Limits struct {
	WallMS      int64 `json:"wall_ms,omitempty"`
	CPUMS       int64 `json:"cpu_ms,omitempty"`
	MemoryBytes int64 `json:"memory_bytes,omitempty"`
	Processes   int64 `json:"processes,omitempty"`
	OutputBytes int64 `json:"output_bytes,omitempty"`
	DiskBytes   int64 `json:"disk_bytes,omitempty"`
}

// Details is an execution with everything that belongs to it.
type Details struct {
	Execution
	Input  *Input
	Output *Output
	// Artefacts are what the run left behind, and what it was asked for and did not.
	Artefacts []Artefact
	// Attached is who follows it now, of an interactive one that has not ended.
	Attached []Attachment
	// Position in the queue, from 1; zero when it is not queued.
	Position int
	// Waiting says why it is still queued.
	Waiting Reason
}
