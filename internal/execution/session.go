package execution

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Nodes call the slice through node.Workload.
var (
	_ node.Workload   = (*Slice)(nil)
	_ node.EgressUser = (*Slice)(nil)
	_ node.InputUser  = (*Slice)(nil)
	_ node.FileUser   = (*Slice)(nil)
)

// SessionOpened compares what the rows say with what the agent has. What the agent
// has and no row expects is killed; what a row expects and the agent lacks is lost.
func (s *Slice) SessionOpened(ctx context.Context, open node.Session, running, unacked []node.TaskRef) ([]node.TaskRef, error) {
	images, err := s.store.WantedImages(ctx, s.runner.DB)
	if err != nil {
		return nil, fmt.Errorf("read images of runtimes: %w", err)
	}
	runtimes := offered(open.Runtimes)
	if _, err := s.offer(asNode(ctx, open.NodeID), offer{Runtimes: runtimes}); err != nil {
		return nil, fmt.Errorf("store runtimes: %w", err)
	}
	s.catalogue.forget()
	active, err := s.store.OnNode(ctx, s.runner.DB, open.NodeID)
	if err != nil {
		return nil, fmt.Errorf("read what runs there: %w", err)
	}
	has := map[node.TaskRef]bool{} // an earlier attempt's result may wait beside the next attempt
	for _, ref := range append(append([]node.TaskRef{}, running...), unacked...) {
		has[ref] = true
	}
	used := map[ident.ID]int{}
	var kill []node.TaskRef
	for _, e := range active {
		if ref := (node.TaskRef{Kind: Kind, ID: e.ID, Attempt: e.Attempt}); has[ref] {
			used[e.ID] = e.Attempt
			if e.CancelAsked {
				kill = append(kill, ref)
			}
			continue
		}
		lost := requeue{ID: e.ID, Attempt: e.Attempt, Code: ReasonNodeLost, Message: fmt.Sprintf("%s restarted while it ran.", open.Name)}
		if _, err := s.requeue(s.asSystem(ctx), lost); err != nil && !IsStale(err) {
			return nil, fmt.Errorf("requeue what is lost: %w", err)
		}
	}
	for _, ref := range running {
		if used[ref.ID] != ref.Attempt {
			kill = append(kill, ref)
		}
	}
	if err := s.openInput(open.NodeID); err != nil {
		return nil, fmt.Errorf("take input for what runs there: %w", err)
	}
	s.placer.open(candidate(open, runtimes), used)
	s.askFor(ctx, open.NodeID, images)
	s.signal()
	return kill, nil
}

func candidate(open node.Session, runtimes []Runtime) Candidate {
	c := Candidate{
		NodeID: open.NodeID, Name: open.Name, Epoch: open.Epoch, Slots: open.Slots, Cordoned: open.Cordoned || open.Draining,
		Classes: map[string][]Class{},
	}
	for _, r := range runtimes {
		c.Runtimes = append(c.Runtimes, r.ID)
		c.Classes[r.ID] = r.Classes
		c.gvisor = c.gvisor || slices.Contains(r.Classes, ClassGVisor)
	}
	return c
}

// SessionClosed stops placing there. What runs goes on: the agent may come back.
func (s *Slice) SessionClosed(_ context.Context, closed node.Session, _ string) {
	s.placer.close(closed.NodeID, closed.Epoch)
	s.inputs.lost(closed.NodeID)
	s.catalogue.forget()
}

// NodeChanged applies a cordon, or its end.
func (s *Slice) NodeChanged(_ context.Context, changed node.Session) {
	s.placer.change(changed.NodeID, func(c *Candidate) {
		c.Cordoned = changed.Cordoned || changed.Draining
		c.Slots = changed.Slots
	})
	s.signal()
}

// Started shows the run as running at once, and stores it if it lasts.
func (s *Slice) Started(ctx context.Context, from ident.ID, ref node.TaskRef, ago time.Duration) {
	if !s.placer.runs(from, ref.ID, ref.Attempt) {
		return // it is another node's, or was taken from this one
	}
	at := s.runner.Clock().Add(-ago)
	s.live.started(ref.ID, ref.Attempt, at)
	s.beginning.started(ctx, from, ref.ID, ref.Attempt, at)
}

// Output passes a frame on to whoever watches; it is stored with the result.
func (s *Slice) Output(_ context.Context, from ident.ID, ref node.TaskRef, f node.Frame) {
	if s.placer.runs(from, ref.ID, ref.Attempt) {
		s.live.output(ref.ID, ref.Attempt, f)
	}
}

// Ended stores the result. A stale one is thrown away, which node.ErrStale says.
func (s *Slice) Ended(ctx context.Context, from ident.ID, _ int64, ref node.TaskRef, r node.ExecutionResult) error {
	s.beginning.over(ref.ID)
	if lost, ok := interrupted[r.ReasonCode]; ok {
		_, err := s.requeue(s.asSystem(ctx), requeue{ID: ref.ID, Attempt: ref.Attempt, NodeID: from, Code: ReasonNodeLost, Message: lost})
		return s.acked(from, ref, err)
	}
	crash.Point("execution.result_received")
	_, err := s.end(asNode(ctx, from), End{ID: ref.ID, Attempt: ref.Attempt, Result: result(r)})
	return s.acked(from, ref, err)
}

// interrupted are the ends that were nobody's wish: another attempt follows.
var interrupted = map[string]string{
	node.ReasonAgentStopped:     "Its node was stopped while it ran.",
	node.ReasonControlPlaneLost: "Its node lost contact while it ran.",
}

// acked tells the node what became of its result.
func (s *Slice) acked(from ident.ID, ref node.TaskRef, err error) error {
	crash.Point("execution.not_acked")
	if err != nil && IsStale(err) {
		s.placer.release(from, ref.ID, ref.Attempt)
		s.signal()
		return node.ErrStale
	}
	return err
}

func result(r node.ExecutionResult) Result {
	reason, ok := nodeReasons[r.ReasonCode]
	if !ok {
		reason = r.ReasonCode
	}
	outcome, detail := Status(r.Outcome), r.ReasonMessage
	if !slices.Contains(Statuses, outcome) || !outcome.Terminal() {
		outcome, reason, detail = Error, ReasonSandbox, "Its node reported an end that is not known here."
	}
	return Result{
		Outcome: outcome, Reason: reason, Detail: detail, ExitCode: r.ExitCode, Signal: r.Signal, Class: Class(r.Class),
		WallUS: r.Usage.Wall.Microseconds(), CPUUS: r.Usage.CPU.Microseconds(), PeakMemoryBytes: r.Usage.PeakMemoryBytes,
		Egress: r.Egress, Recording: r.Recording, Artefacts: r.Artefacts, Omitted: r.ArtefactsOmitted, Output: Output{
			Stdout: r.Stdout, Stderr: r.Stderr, Layout: layoutOf(r),
			StdoutTruncated: r.StdoutTruncated(), StderrTruncated: r.StderrTruncated(),
		},
	}
}

// layoutOf is how the streams alternated. One that does not fit them is worth nothing.
func layoutOf(r node.ExecutionResult) []int32 {
	var stdout, stderr int64
	for _, run := range r.Layout {
		if run < 0 {
			stderr -= int64(run)
		} else {
			stdout += int64(run)
		}
	}
	if stdout == int64(len(r.Stdout)) && stderr == int64(len(r.Stderr)) {
		return r.Layout
	}
	return []int32{int32(len(r.Stdout)), -int32(len(r.Stderr))} //nolint:gosec // both fit one message
}

func offered(runtimes []node.Runtime) []Runtime {
	all := make([]Runtime, 0, len(runtimes))
	for _, r := range runtimes {
		one := Runtime{ID: r.ID(), Name: r.Name, Version: r.Version, FileName: r.FileName, Example: r.Example, Compiled: r.Compiled}
		for _, c := range r.Classes {
			one.Classes = append(one.Classes, Class(c))
		}
		all = append(all, one)
	}
	return all
}

// offer stores what a node can run.
type offer struct {
	Runtimes []Runtime `json:"runtimes"`
}

func (s *Slice) offerRuntimes(ctx context.Context, tx *command.Tx, in offer) (struct{}, error) {
	return struct{}{}, s.store.ReplaceRuntimes(ctx, tx.Tx, tx.Actor.ID, in.Runtimes, tx.Now)
}
