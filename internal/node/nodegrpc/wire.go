package nodegrpc

import (
	"fmt"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

// The protocol's messages and the slice's types, both ways. "Of" reads, "To" writes.

func refOf(r *agentv1.TaskRef) (node.TaskRef, error) {
	id, err := ident.Parse(r.GetId())
	if err != nil {
		return node.TaskRef{}, fmt.Errorf("read task ref: %w", err)
	}
	return node.TaskRef{Kind: r.GetKind(), ID: id, Attempt: int(r.GetAttempt())}, nil
}

func refTo(r node.TaskRef) *agentv1.TaskRef {
	return &agentv1.TaskRef{Kind: r.Kind, Id: r.ID.String(), Attempt: int32(r.Attempt)} //nolint:gosec // attempts are few
}

// refsOf picks the refs of one kind; what cannot be read was never assigned by us.
func refsOf(kind string, all []*agentv1.TaskRef) []node.TaskRef {
	var some []node.TaskRef
	for _, r := range all {
		if ref, err := refOf(r); err == nil && ref.Kind == kind {
			some = append(some, ref)
		}
	}
	return some
}

func refsTo(all []node.TaskRef) []*agentv1.TaskRef {
	refs := make([]*agentv1.TaskRef, len(all))
	for i, r := range all {
		refs[i] = refTo(r)
	}
	return refs
}

func openOf(h *agentv1.Hello) node.Open {
	in := node.Open{
		AgentVersion: h.GetAgentVersion(), OS: h.GetFacts().GetOs(), Arch: h.GetFacts().GetArch(),
		Cores: int(h.GetFacts().GetCores()), MemoryBytes: h.GetFacts().GetMemoryBytes(),
		Slots: int(max(h.GetSlots(), 0)), Running: len(h.GetRunning()),
	}
	for _, r := range h.GetRuntimes() {
		in.Runtimes = append(in.Runtimes, node.Runtime{
			Name: r.GetName(), Version: r.GetVersion(), FileName: r.GetFileName(), Example: r.GetExample(),
			Compiled: r.GetCompiled(), Classes: r.GetClasses(), MinMemoryBytes: r.GetMinMemoryBytes(),
		})
	}
	for _, e := range h.GetEnforcement() {
		in.Enforcement = append(in.Enforcement, node.Enforcement{Name: e.GetName(), How: e.GetHow(), OK: e.GetOk()})
	}
	return in
}

var streamNames = map[agentv1.Stream]node.StreamName{
	agentv1.Stream_STREAM_STDOUT: node.Stdout,
	agentv1.Stream_STREAM_STDERR: node.Stderr,
}

func frameOf(o *agentv1.Output) node.Frame {
	return node.Frame{Seq: o.GetSeq(), Stream: streamNames[o.GetStream()], Offset: o.GetOffset(), Bytes: o.GetBytes()}
}

func resultOf(r *agentv1.Result) node.ExecutionResult {
	result := node.ExecutionResult{
		Outcome: r.GetOutcome(), Signal: word(r.GetSignal()), ReasonCode: word(r.GetReasonCode()), ReasonMessage: plain.Text(r.GetReasonMessage(), maxText),
		Usage: node.Usage{
			Wall: micros(r.GetUsage().GetWallUs()), CPU: micros(r.GetUsage().GetCpuUs()), PeakMemoryBytes: r.GetUsage().GetPeakMemoryBytes(),
		},
		Class: word(r.GetClass()), Stdout: r.GetStdout(), Stderr: r.GetStderr(),
		StdoutBytes: r.GetStdoutBytes(), StderrBytes: r.GetStderrBytes(), Layout: r.GetLayout(), Egress: egressOf(r.GetEgress()), Recording: r.GetRecording(), Ago: millis(r.GetAgoMs()),
	}
	result.Artefacts, result.ArtefactsOmitted = artefactsOf(r)
	if r.ExitCode != nil {
		code := int(r.GetExitCode())
		result.ExitCode = &code
	}
	return result
}

func specTo(t node.Task) *agentv1.Task_Execution {
	e := t.Execution
	files := make([]*agentv1.File, len(e.Files))
	for i, f := range e.Files {
		files[i] = &agentv1.File{Path: f.Path, Content: f.Content, Executable: f.Executable}
	}
	return &agentv1.Task_Execution{Execution: &agentv1.ExecutionTask{
		Runtime: e.Runtime, Source: e.Source, Args: e.Args, Env: e.Env, Files: files, Stdin: e.Stdin,
		Limits: &agentv1.Limits{
			WallMs: e.Limits.Wall.Milliseconds(), CpuMs: e.Limits.CPU.Milliseconds(), MemoryBytes: e.Limits.MemoryBytes,
			OutputBytes: e.Limits.OutputBytes, DiskBytes: e.Limits.DiskBytes, Inodes: e.Limits.Inodes,
			Processes: int32(e.Limits.Processes), //nolint:gosec // bounded by the limits slice
		},
		Egress: egressTo(e.Egress), Class: e.Class, Image: programTo(e.Image), CacheScope: e.CacheScope,
		Artefacts:   artefactsTo(e.Artefacts),
		NamedFiles:  namedTo(e.Named),
		Interactive: interactiveTo(e.Interactive),
	}}
}

func egressTo(e *node.Egress) *agentv1.Egress {
	if e == nil {
		return nil
	}
	return &agentv1.Egress{Allow: e.Allow, Private: e.Private, Revision: e.Revision}
}

func egressOf(r *agentv1.EgressReport) *node.EgressReport {
	if r == nil {
		return nil
	}
	report := &node.EgressReport{
		Revision: r.GetRevision(), Connections: r.GetConnections(), BytesOut: r.GetBytesOut(), BytesIn: r.GetBytesIn(), RefusedMore: r.GetRefusedMore(),
	}
	for _, x := range r.GetRefused() {
		report.Refused = append(report.Refused, node.EgressRefusal{Destination: plain.Line(x.GetDestination(), maxText), Why: word(x.GetWhy()), Count: x.GetCount()})
	}
	return report
}

func interactiveTo(i *node.Interactive) *agentv1.Interactive {
	if i == nil {
		return nil
	}
	return &agentv1.Interactive{Terminal: sizeTo(i.Terminal), IdleMs: i.Idle.Milliseconds(), RecordBytes: i.RecordBytes}
}

func sizeTo(s *node.TerminalSize) *agentv1.TerminalSize {
	if s == nil {
		return nil
	}
	return &agentv1.TerminalSize{Columns: int32(s.Columns), Rows: int32(s.Rows)} //nolint:gosec // bounded at the edge
}

func programTo(p *node.ImageProgram) *agentv1.ImageProgram {
	if p == nil {
		return nil
	}
	return &agentv1.ImageProgram{Digest: p.Digest, FileName: p.FileName, Command: p.Command, Compile: p.Compile, Env: p.Env}
}

func imagesOf(m *agentv1.ImageStatuses) []node.ImageStatus {
	all := make([]node.ImageStatus, 0, len(m.GetStatuses()))
	for _, s := range m.GetStatuses() {
		one := node.ImageStatus{
			Digest: s.GetDigest(), State: s.GetState(), Done: max(s.GetDoneBytes(), 0), Total: max(s.GetTotalBytes(), 0), Reason: plain.Text(s.GetReason(), maxText),
		}
		for _, r := range s.GetRuntimes() {
			one.Runtimes = append(one.Runtimes, node.RuntimeClasses{Runtime: r.GetName(), Classes: r.GetClasses(), Reason: plain.Text(r.GetReason(), maxText)})
		}
		all = append(all, one)
	}
	return all
}

// What agents write is stored and shown, so it must be text that can be: bounds in characters.
const (
	maxWord = 100
	maxText = 2000
)

func word(s string) string { return plain.Line(s, maxWord) }

func millis(n int64) time.Duration { return time.Duration(max(n, 0)) * time.Millisecond }

func micros(n int64) time.Duration { return time.Duration(max(n, 0)) * time.Microsecond }
