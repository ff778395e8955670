package execution

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Tasks turns executions into tasks for agents: the adapter of Nodes over node.Sessions.
type Tasks struct{ Sessions node.Sessions }

// Assign sends an execution to its node.
func (t Tasks) Assign(_ context.Context, to Slot, e Execution, in Input) error {
	files := make([]node.File, 0, len(in.Files))
	var named []node.NamedFile
	for _, f := range in.Files {
		if len(f.SHA256) > 0 {
			named = append(named, node.NamedFile{Path: f.Path, Size: f.Size, SHA256: f.SHA256})
			continue
		}
		files = append(files, node.File{Path: f.Path, Content: f.Content})
	}
	return t.Sessions.Assign(to.NodeID, to.Epoch, node.Task{
		Ref: node.TaskRef{Kind: Kind, ID: e.ID, Attempt: e.Attempt},
		Execution: &node.ExecutionSpec{
			Runtime: e.Runtime, Source: []byte(in.Source), Args: in.Args, Env: in.Env, Files: files, Named: named, Stdin: in.Stdin, Egress: taskEgress(in.Egress), Class: string(e.Class),
			Image: to.Image, CacheScope: e.ProjectID.String(), Interactive: taskInteractive(in.Interactive), Artefacts: in.Artefacts.task(),
			Limits: node.Limits{
				Wall: time.Duration(e.WallMS) * time.Millisecond, CPU: time.Duration(e.CPUMS) * time.Millisecond,
				MemoryBytes: e.MemoryBytes, OutputBytes: e.OutputBytes, DiskBytes: e.DiskBytes, Processes: e.Processes,
			},
		},
	})
}

// Cancel ends an attempt on its node.
func (t Tasks) Cancel(_ context.Context, at, id ident.ID, attempt int, reason string) error {
	return t.Sessions.Cancel(at, node.TaskRef{Kind: Kind, ID: id, Attempt: attempt}, reason)
}

// SetEgress gives a running attempt another list.
func (t Tasks) SetEgress(_ context.Context, at, id ident.ID, attempt int, to Egress) error {
	return t.Sessions.SetEgress(at, node.TaskRef{Kind: Kind, ID: id, Attempt: attempt}, *taskEgress(&to))
}

// Input sends something to a running attempt's standard input.
func (t Tasks) Input(at, id ident.ID, attempt int, in node.Input) error {
	return t.Sessions.Input(at, node.TaskRef{Kind: Kind, ID: id, Attempt: attempt}, in)
}

// KeepImages tells a node which images to have ready.
func (t Tasks) KeepImages(_ context.Context, at ident.ID, epoch int64, all []node.Image) error {
	return t.Sessions.KeepImages(at, epoch, all)
}

// Replay asks the node for all output of an attempt.
func (t Tasks) Replay(_ context.Context, at, id ident.ID, attempt int) error {
	return t.Sessions.ReplayOutput(at, node.TaskRef{Kind: Kind, ID: id, Attempt: attempt}, 0)
}
