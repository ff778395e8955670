package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// End stores the result of one attempt. Only the attempt that the row names can end it.
type End struct {
	ID      ident.ID `json:"id"`
	Attempt int      `json:"attempt"`
	Result  Result   `json:"result"`
}

// Result is what a node reports about an attempt.
type Result struct {
	Outcome         Status `json:"outcome"` // terminal
	Reason          string `json:"reason"`  // a reason code
	Detail          string `json:"detail"`  // for people, when the node has more to say
	ExitCode        *int   `json:"exit_code"`
	Signal          string `json:"signal"`
	Class           Class  `json:"class,omitempty"` // how it was isolated
	WallUS          int64  `json:"wall_us"`
	CPUUS           int64  `json:"cpu_us"`
	PeakMemoryBytes int64  `json:"peak_memory_bytes"`
	Output          Output `json:"-"`

	Egress    *node.EgressReport `json:"-"` // of one with network access
	Recording []byte             `json:"-"` // of one that was to be recorded

	Artefacts []node.Artefact        `json:"-"`
	Omitted   []node.OmittedArtefact `json:"-"`
}

// errStale says that the row no longer expects this attempt's result.
func errStale() error {
	return fault.New(fault.Conflict, "execution.stale", "This attempt is not the current one; its result is thrown away.")
}

// IsStale tells whether a result came too late to count.
func IsStale(err error) bool {
	return fault.Is(err, "execution.stale") || fault.KindOf(err) == fault.NotFound
}

func (s *Slice) endExecution(ctx context.Context, tx *command.Tx, in End) (Execution, error) {
	e, remembered := s.given.take(in.ID)
	var load Load
	if !remembered {
		var err error
		if e, load, err = s.store.Lock(ctx, tx.Tx, in.ID); err != nil {
			return Execution{}, command.NotFoundIfNoRows(err)
		}
	}
	byNode := tx.Actor.Kind == command.Agent
	if !e.Status.Active() || e.Attempt != in.Attempt || (byNode && e.NodeID != tx.Actor.ID) {
		return Execution{}, errStale()
	}
	status := in.Result.Outcome
	if !status.Terminal() {
		return Execution{}, fault.New(fault.Invalid, "execution.bad_outcome", "%q ends nothing.", status)
	}
	if e.CancelAsked && in.Result.Reason == node.ReasonTaskUnknown { // it was cancelled before it reached the node
		status, in.Result.Reason = Cancelled, ReasonCancelled
	}
	tx.Scope = e.scope()
	if in.Result.Reason == ReasonIdle {
		talk, err := s.store.Interactive(ctx, tx, e.ID)
		if err != nil {
			return Execution{}, err
		}
		in.Result.Detail = timed(talk.IdleMS)
	}
	if e.CancelAsked && in.Result.Reason == node.ReasonTaskUnknown { // the wish overtook the task, so nothing ever ran
		status, in.Result.Reason, in.Result.Detail = Cancelled, ReasonCancelled, ""
	}
	code, message := explainEnd(e, in.Result)
	e.ExitCode, e.Signal, e.ClassGiven = in.Result.ExitCode, in.Result.Signal, in.Result.Class
	e.UsedWallUS, e.UsedCPUUS, e.PeakMemory = &in.Result.WallUS, &in.Result.CPUUS, &in.Result.PeakMemoryBytes
	s.finish(tx, &e, status, code, message)
	if e.StartedAt == nil && in.Result.WallUS > 0 {
		e.StartedAt = e.ScheduledAt
	}
	if remembered {
		s.store.SaveRemembered(tx.Tx, e)
	} else {
		load.Active--
		s.store.SaveLoad(tx.Tx, load)
		s.store.Save(tx.Tx, e)
	}
	s.store.SaveOutput(tx.Tx, e.ID, in.Result.Output)
	if in.Result.Egress != nil {
		s.store.SaveEgressReport(tx.Tx, e.ID, *in.Result.Egress)
	}
	kept := artefactsOf(in.Result)
	if len(kept) > 0 {
		s.store.SaveArtefacts(tx.Tx, e.ID, kept)
	}
	if in.Result.Recording != nil {
		s.store.SaveRecording(tx.Tx, e.ID, in.Result.Recording)
	}
	tx.Emit(e.aggregate(), e.ended())
	node, attempt := e.NodeID, e.Attempt
	tx.AfterCommit(func() {
		s.placer.release(node, e.ID, attempt)
		s.freed()
		s.ends.tell(Details{Execution: e, Output: &in.Result.Output, Artefacts: kept})
	})
	return e, nil
}
