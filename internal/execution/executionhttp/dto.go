// Package executionhttp is the public API of executions.
package executionhttp

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ExecutionRequest asks for a run.
type ExecutionRequest struct {
	ProjectID ident.ID          `json:"project_id,omitempty" doc:"The project to run in; the caller's default when absent."`
	Script    string            `json:"script,omitempty" maxLength:"80" example:"hello@2" doc:"A saved script to run, in place of runtime and source: a name in the project, or an id; @2 is its version 2."`
	Runtime   string            `json:"runtime,omitempty" maxLength:"64" example:"python@3.11" doc:"A language, with as much of a version as matters: python, python@3, python@3.11.2."`
	Source    string            `json:"source,omitempty" doc:"The program." example:"print('hello')"`
	Stdin     string            `json:"stdin,omitempty" doc:"What the program reads from its standard input."`
	Args      []string          `json:"args,omitempty" doc:"The program's arguments."`
	Env       map[string]string `json:"env,omitempty" doc:"Environment variables; nothing else of the host's environment is visible."`
	Files     []ExecutionFile   `json:"files,omitempty" doc:"Extra files in the program's folder."`
	Limits    *ExecutionLimits  `json:"limits,omitempty"`
	Priority  string            `json:"priority,omitempty" enum:"critical,high,normal,low,background" doc:"At most execution.priority.max. Absent: normal, or that limit where it is lower."`
	Class     string            `json:"class,omitempty" enum:"process,fresh,gvisor" doc:"Isolation class. Absent: as the settings say (execution.class.default)."`
	Network   bool              `json:"network,omitempty" doc:"Whether the program may reach the network: without egress, everything that is allowed here. Off unless an administrator allows it."`
	Egress    []string          `json:"egress,omitempty" maxItems:"64" example:"[\"pypi.org:443\"]" doc:"What the program may connect to, and nothing else: names, *.names, addresses, ranges (CIDR), each with or without a port. Asks for the network by itself. Absent: what the runtime says; \"none\", alone: nothing, whatever the runtime says."`
	Artefacts []string          `json:"artefacts,omitempty" maxItems:"32" example:"[\"out/**\"]" doc:"Which files of its folder the program leaves behind: patterns such as plot.png, *.csv, out/**. They are listed at …/artefacts once it has ended."`
	// Interactive executions are told of in docs/concepts/interactive.md.
	Interactive bool               `json:"interactive,omitempty" doc:"Keep standard input open after stdin, to be written to while the program runs (…/attach, …/stdin)."`
	Terminal    *ExecutionTerminal `json:"terminal,omitempty" doc:"Give the program a terminal of this size in place of three pipes. It is interactive then, and all output is stdout."`
	Record      bool               `json:"record,omitempty" doc:"Keep what is said, with its times (…/recording). Interactive executions only."`
}

// ExecutionTerminal is a terminal's size.
type ExecutionTerminal struct {
	Columns int `json:"columns" minimum:"1" maximum:"1000" example:"80"`
	Rows    int `json:"rows" minimum:"1" maximum:"1000" example:"24"`
}

// ExecutionFile is an extra file.
type ExecutionFile struct {
	Path          string `json:"path" doc:"Relative, inside the program's folder." example:"data/input.csv"`
	Content       string `json:"content,omitempty" doc:"Its content, when it is text."`
	ContentBase64 string `json:"content_base64,omitempty" doc:"Its content, when it is not."`

	FileID ident.ID `json:"file_id,omitzero" doc:"In place of a content: a file that was uploaded to the project. Up to 8 MiB of files together are copied, and shown with their content; more are named."`
	Size   int64    `json:"size,omitzero" readOnly:"true" doc:"Of a file that is named, in bytes."`
	SHA256 string   `json:"sha256,omitempty" readOnly:"true" doc:"Of a file that is named: its content's hash, in hexadecimal."`
}

// ExecutionLimits bounds a run. What is absent or zero takes the default that applies to the caller.
type ExecutionLimits struct {
	WallMS      int64 `json:"wall_ms,omitempty" minimum:"0" doc:"Time on the clock, in milliseconds."`
	CPUMS       int64 `json:"cpu_ms,omitempty" minimum:"0" doc:"CPU time of all its processes, in milliseconds."`
	MemoryBytes int64 `json:"memory_bytes,omitempty" minimum:"0" doc:"Memory of all its processes and files together."`
	Processes   int64 `json:"processes,omitempty" minimum:"0" doc:"Processes and threads at once."`
	OutputBytes int64 `json:"output_bytes,omitempty" minimum:"0" doc:"How much output is kept."`
	DiskBytes   int64 `json:"disk_bytes,omitempty" minimum:"0" doc:"What may lie in /box, /tmp and /dev/shm together."`
}

// ExecutionReason says why an execution is as it is.
type ExecutionReason struct {
	Code    string `json:"code" example:"wall_limit" doc:"Stable. exit_code, signal, compile_error; memory_limit, process_limit, disk_limit, output_limit, wall_limit, cpu_limit, idle_limit; cancelled; queue_timeout, node_lost, deadline_passed, sandbox_error, task_refused, task_invalid, file_gone, file_unread."`
	Message string `json:"message" doc:"For people; it has the limit's value."`
}

// ExecutionUsage is what the program's whole process tree used.
type ExecutionUsage struct {
	WallMS          float64 `json:"wall_ms"`
	CPUMS           float64 `json:"cpu_ms"`
	PeakMemoryBytes int64   `json:"peak_memory_bytes"`
}

// ExecutionScript is the saved script that an execution is a copy of.
type ExecutionScript struct {
	ID      ident.ID `json:"id"`
	Name    string   `json:"name" doc:"That it had then." example:"hello"`
	Version int      `json:"version" example:"2"`
}

// Execution is one run.
type Execution struct {
	ID               ident.ID         `json:"id"`
	ProjectID        ident.ID         `json:"project_id"`
	OrganizationID   ident.ID         `json:"organization_id"`
	OwnerID          ident.ID         `json:"owner_id"`
	Runtime          string           `json:"runtime" example:"python@3.11.2"`
	ClassAsked       string           `json:"class_asked,omitempty" doc:"The isolation class that was asked for."`
	Class            string           `json:"class,omitempty" doc:"The isolation class that it must be given; absent when any will do."`
	ClassGiven       string           `json:"class_given,omitempty" doc:"How its node ran it: that class, or a stronger one."`
	Status           string           `json:"status" enum:"queued,scheduled,running,completed,failed,timed_out,cancelled,error"`
	Stage            string           `json:"stage" enum:"pending,scheduled,provisioning,active,stopping,stopped" doc:"The word that all kinds of workload share."`
	Reason           *ExecutionReason `json:"reason,omitempty"`
	Priority         string           `json:"priority"`
	Network          bool             `json:"network"`
	Interactive      bool             `json:"interactive,omitempty" doc:"Whether it can be written to while it runs."`
	CancelRequested  bool             `json:"cancel_requested,omitempty"`
	QueuePosition    int              `json:"queue_position,omitempty" doc:"1 is next; absent when it does not wait."`
	QueueExplanation string           `json:"queue_explanation,omitempty" doc:"Why it still waits."`
	QueueReason      string           `json:"queue_reason,omitempty" example:"busy" doc:"The same as a code: owner_limit, project_limit, organization_limit, no_node, no_runtime, no_class, preparing, cordoned, no_sandbox, busy, starting."`
	OwnerName        string           `json:"owner_name,omitempty" doc:"Only in lists over several projects, as the following."`
	OwnerKind        string           `json:"owner_kind,omitempty" enum:"user,service_account" doc:"Absent when the owner was deleted."`
	ProjectName      string           `json:"project_name,omitempty"`
	NodeID           ident.ID         `json:"node_id,omitzero"`
	Attempt          int              `json:"attempt"`
	ExitCode         *int             `json:"exit_code,omitempty"`
	Signal           string           `json:"signal,omitempty" example:"SIGSEGV"`
	Stdout           *string          `json:"stdout,omitempty" doc:"What was kept of the output, as text; the exact bytes are at …/stdout."`
	Stderr           *string          `json:"stderr,omitempty"`
	StdoutTruncated  bool             `json:"stdout_truncated,omitempty"`
	StderrTruncated  bool             `json:"stderr_truncated,omitempty"`
	Limits           ExecutionLimits  `json:"limits"`
	Usage            *ExecutionUsage  `json:"usage,omitempty"`
	CreatedAt        time.Time        `json:"created_at"`
	ScheduledAt      *time.Time       `json:"scheduled_at,omitempty"`
	StartedAt        *time.Time       `json:"started_at,omitempty"`
	EndedAt          *time.Time       `json:"ended_at,omitempty"`
	RetryOf          ident.ID         `json:"retry_of,omitzero"`
	Script           *ExecutionScript `json:"script,omitempty" doc:"The saved script that it was run from, if it was."`
	Version          int64            `json:"version"`

	Artefacts        []ExecutionArtefact `json:"artefacts,omitempty" doc:"What it left behind; not in lists."`
	ArtefactsOmitted []OmittedArtefact   `json:"artefacts_omitted,omitempty" doc:"What it was asked to leave behind and did not, and why."`

	Source string            `json:"source,omitempty" doc:"Only when one execution is asked for, as the following."`
	Stdin  string            `json:"stdin,omitempty"`
	Args   []string          `json:"args,omitempty"`
	Env    map[string]string `json:"env,omitempty"`
	Files  []ExecutionFile   `json:"files,omitempty"`
	Egress *ExecutionEgress  `json:"egress,omitempty"`

	ArtefactsAsked []string           `json:"artefacts_asked,omitempty" doc:"The patterns of what it is to leave behind."`
	Terminal       *ExecutionTerminal `json:"terminal,omitempty" doc:"Its size as it was asked for."`
	Recorded       bool               `json:"recorded,omitempty" doc:"Whether it is recorded."`

	Attached []ExecutionAttachment `json:"attached,omitempty" doc:"Who follows it now, on every connection; of interactive ones, while they last."`
}

func (r ExecutionRequest) submit() (execution.Submit, error) {
	priority, _ := execution.ParsePriority(r.Priority)
	in := execution.Submit{
		ProjectID: r.ProjectID, Runtime: r.Runtime, Priority: priority, Network: r.Network, Egress: r.Egress, Class: execution.Class(r.Class), Artefacts: r.Artefacts,
		Input: execution.Input{Source: r.Source, Stdin: []byte(r.Stdin), Args: r.Args, Env: r.Env},
	}
	in.PriorityUnasked = r.Priority == ""
	in.Interactive, in.Record, in.Terminal = r.Interactive, r.Record, (*execution.Terminal)(r.Terminal)
	if l := r.Limits; l != nil {
		in.Limits = execution.Limits(*l)
	}
	for _, f := range r.Files {
		content := []byte(f.Content)
		if f.ContentBase64 != "" {
			decoded, err := base64.StdEncoding.DecodeString(f.ContentBase64)
			if err != nil || f.Content != "" {
				return in, fault.New(fault.Invalid, "execution.invalid", "The file %q has no readable content.", f.Path).
					At("body.files", "give either content or valid content_base64")
			}
			content = decoded
		}
		in.Input.Files = append(in.Input.Files, execution.File{Path: f.Path, Content: content, FileID: f.FileID})
	}
	return in, nil
}

func toDTO(e execution.Execution) Execution {
	dto := Execution{
		ID: e.ID, ProjectID: e.ProjectID, OrganizationID: e.OrganizationID, OwnerID: e.OwnerID,
		Runtime: e.Runtime, ClassAsked: string(e.ClassAsked), Class: string(e.Class), ClassGiven: string(e.ClassGiven), Status: string(e.Status), Stage: e.Status.Stage(), Priority: e.Priority.String(), Network: e.Network, Interactive: e.Interactive,
		CancelRequested: e.CancelAsked && !e.Status.Terminal(), NodeID: e.NodeID, Attempt: e.Attempt, ExitCode: e.ExitCode, Signal: e.Signal,
		Limits: ExecutionLimits{
			WallMS: e.WallMS, CPUMS: e.CPUMS, MemoryBytes: e.MemoryBytes, Processes: int64(e.Processes),
			OutputBytes: e.OutputBytes, DiskBytes: e.DiskBytes,
		},
		CreatedAt: e.CreatedAt, ScheduledAt: e.ScheduledAt, StartedAt: e.StartedAt, EndedAt: e.EndedAt, RetryOf: e.RetryOf, Version: e.Version,
	}
	if e.ReasonCode != "" {
		dto.Reason = &ExecutionReason{Code: e.ReasonCode, Message: e.ReasonMessage}
	}
	if !e.ScriptID.IsZero() {
		dto.Script = &ExecutionScript{e.ScriptID, e.ScriptName, e.ScriptVersion}
	}
	if e.UsedWallUS != nil {
		dto.Usage = &ExecutionUsage{WallMS: float64(*e.UsedWallUS) / 1000, CPUMS: float64(*e.UsedCPUUS) / 1000, PeakMemoryBytes: *e.PeakMemory}
	}
	return dto
}

func detailsDTO(d execution.Details) Execution {
	dto := toDTO(d.Execution)
	dto.QueuePosition, dto.QueueExplanation, dto.QueueReason = d.Position, d.Waiting.Message, d.Waiting.Code
	if d.Output != nil {
		stdout, stderr := text(d.Output.Stdout), text(d.Output.Stderr)
		dto.Stdout, dto.Stderr = &stdout, &stderr
		dto.StdoutTruncated, dto.StderrTruncated = d.Output.StdoutTruncated, d.Output.StderrTruncated
	}
	dto.Attached = attachedDTO(d.Attached)
	dto.Artefacts, dto.ArtefactsOmitted = artefactsDTO(d.Artefacts)
	if in := d.Input; in != nil {
		if in.Artefacts != nil {
			dto.ArtefactsAsked = in.Artefacts.Patterns
		}
		dto.Source, dto.Stdin, dto.Args, dto.Env = in.Source, text(in.Stdin), in.Args, in.Env
		for _, f := range in.Files {
			dto.Files = append(dto.Files, fileDTO(f))
		}
		dto.Egress = egressDTO(in.Egress)
		dto.Terminal = (*ExecutionTerminal)(in.Interactive.Terminal())
		dto.Recorded = in.Interactive != nil && in.Interactive.RecordBytes > 0
	}
	return dto
}

func fileDTO(f execution.File) ExecutionFile {
	if len(f.SHA256) > 0 {
		return ExecutionFile{Path: f.Path, FileID: f.FileID, Size: f.Size, SHA256: hex.EncodeToString(f.SHA256)}
	}
	if s := string(f.Content); utf8.Valid(f.Content) {
		return ExecutionFile{Path: f.Path, Content: s}
	}
	return ExecutionFile{Path: f.Path, ContentBase64: base64.StdEncoding.EncodeToString(f.Content)}
}

// text makes output readable: what is not UTF-8 shows as a replacement character.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
