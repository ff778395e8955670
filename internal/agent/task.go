package agent

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/egress"
)

// task is one attempt at one piece of work, from its receipt until its result is
// acked. It is guarded by its table.
type task struct {
	ref     *agentv1.TaskRef
	stop    context.CancelCauseFunc // ends the run
	began   time.Time
	out     output
	flushed time.Time       // when output was last sent
	result  *agentv1.Result // once it has ended
	ended   time.Time

	talk *dialogue // nil: not interactive; set before the task is in the table

	link       *egress.Link // nil: no egress; set before the task is in the table
	egressNews atomic.Bool  // its report says more than was told
	egressTold time.Time    // when that was

	// What this session has been told.
	startSent  bool
	cursor     int // frames before this one were sent
	resultSent bool
}

func key(ref *agentv1.TaskRef) string {
	return ref.GetKind() + "/" + ref.GetId() + "/" + strconv.Itoa(int(ref.GetAttempt()))
}

// afresh makes a new session hear everything again.
func (t *task) afresh() {
	t.startSent, t.cursor, t.resultSent = false, 0, false
	t.egressNews.Store(t.link != nil)
}

// ending is why a run is ended before its time; the cause of its context's end.
type ending struct{ outcome, code, message string }

func (e *ending) Error() string { return e.code }

// Outcomes and reason codes that the agent itself gives; the others are the sandbox's.
const (
	outcomeCancelled = "cancelled"
	outcomeError     = "error"

	reasonAgentStopped     = "agent_stopped"
	reasonControlPlaneLost = "control_plane_lost"
	reasonKilled           = "killed"
	reasonTaskRefused      = "task_refused"
	reasonTaskInvalid      = "task_invalid"
	reasonTaskUnknown      = "task_unknown"
	reasonSandbox          = "sandbox"
	reasonIdle             = "idle"
	reasonFileGone         = "file_gone"
	reasonFileUnread       = "file_unread"

	outcomeTimedOut = "timed_out"
)

var (
	endStopped = &ending{outcomeError, reasonAgentStopped, "The node's agent was stopped while it ran."}
	endLost    = &ending{outcomeError, reasonControlPlaneLost, "The node lost contact with the control plane while it ran."}
	endIdle    = &ending{outcomeTimedOut, reasonIdle, ""}
	endKilled  = &ending{outcomeCancelled, reasonKilled, "The control plane no longer wanted it."}
)

func endCancelled(reason string) *ending { return &ending{outcomeCancelled, reason, ""} }
