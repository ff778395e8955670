package nodegrpc

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const pinned = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// shelf stands for an agent's images: the test says how far they are.
type shelf struct {
	kept chan []image.Ref
	runs chan image.Program
	at   image.Status
}

func (s *shelf) Keep(all []image.Ref)     { s.kept <- all }
func (s *shelf) Statuses() []image.Status { return []image.Status{s.at} }

func (s *shelf) Run(_ context.Context, p image.Program, _ sandbox.Job, _ func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	s.runs <- p
	return sandbox.Result{Outcome: sandbox.Completed, Class: sandbox.ClassFresh}, nil
}

func (w *workload) ImagesChanged(_ context.Context, _ ident.ID, _ int64, all []node.ImageStatus) {
	w.images <- all
}

func TestAnAgentIsToldItsImagesAndSaysHowFarTheyAre(t *testing.T) {
	p := start(t, node.Config{})
	s := &shelf{
		kept: make(chan []image.Ref, 10), runs: make(chan image.Program, 10),
		at: image.Status{Digest: pinned, State: image.Pulling, Done: 43, Total: 100, Runtimes: []image.Verdict{
			{Name: "python@3.12.8", Classes: []sandbox.Class{sandbox.ClassFresh, sandbox.ClassGVisor}, Reason: "its programs are compiled"},
		}},
	}
	p.images = s
	_, session := p.join(t)
	program := &node.ImageProgram{Digest: pinned, FileName: "main.py", Command: []string{"python3", "main.py"}, Compile: []string{"true"}, Env: map[string]string{"A": "1"}}
	one := node.Image{
		Reference: "registry.example.com/team/python@" + pinned, Username: "ann", Password: secret.New("sesame"), Insecure: true,
		Runtimes: []node.ImageRuntime{{Name: "python@3.12.8", Program: *program}},
	}
	if err := p.KeepImages(session.NodeID, session.Epoch, []node.Image{one}); err != nil {
		t.Fatal(err)
	}
	kept := wait(t, s.kept)
	if len(kept) != 1 || kept[0].Reference.String() != one.Reference || kept[0].Reference.Digest() != pinned ||
		kept[0].Access.Username != "ann" || kept[0].Access.Password.Reveal() != "sesame" || !kept[0].Access.Insecure {
		t.Errorf("the agent keeps %v", kept)
	}
	ran := image.Program{
		Digest: pinned, Name: "python@3.12.8", FileName: "main.py", Command: []string{"python3", "main.py"}, Compile: []string{"true"}, Env: map[string]string{"A": "1"},
	}
	if diff := cmp.Diff([]image.Program{ran}, kept[0].Programs); diff != "" {
		t.Error(diff)
	}
	want := []node.ImageStatus{{Digest: pinned, State: node.ImagePulling, Done: 43, Total: 100, Runtimes: []node.RuntimeClasses{
		{Runtime: "python@3.12.8", Classes: []string{"fresh", "gvisor"}, Reason: "its programs are compiled"},
	}}}
	if diff := cmp.Diff(want, wait(t, p.work.images)); diff != "" {
		t.Error(diff)
	}

	ref := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
	if err := p.Assign(session.NodeID, session.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{Runtime: "python@3.12.8", Image: program}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ran, wait(t, s.runs)); diff != "" {
		t.Error(diff)
	}
	if e := wait(t, p.work.ended); e.ref != ref || e.result.Outcome != node.OutcomeCompleted {
		t.Errorf("it ended %+v", e)
	}

	for _, stale := range []struct {
		node  ident.ID
		epoch int64
	}{{session.NodeID, session.Epoch + 1}, {ident.New(), 1}} {
		if err := p.KeepImages(stale.node, stale.epoch, nil); !errors.Is(err, node.ErrNoSession) {
			t.Errorf("another session: %v", err)
		}
	}
}

// Without images, an agent says nothing of them, and refuses a task that needs one.
func TestAnAgentWithoutImages(t *testing.T) {
	p := start(t, node.Config{})
	_, session := p.join(t)
	if err := p.KeepImages(session.NodeID, session.Epoch, []node.Image{{Reference: "x@" + pinned}}); err != nil {
		t.Fatal(err)
	}
	ref := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
	if err := p.Assign(session.NodeID, session.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{Runtime: "python@3.12.8", Image: &node.ImageProgram{Digest: pinned}}}); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, p.work.ended); e.result.ReasonCode != node.ReasonTaskRefused {
		t.Errorf("it ended %+v", e.result)
	}
	none(t, p.work.images)
}
