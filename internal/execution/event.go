package execution

import "github.com/stoa-cloud/stoa/internal/platform/ident"

// Submitted: an execution was accepted.
type Submitted struct {
	Runtime  string   `json:"runtime"`
	Class    string   `json:"class,omitempty"` // of isolation, where it must be placed
	Priority int      `json:"priority"`
	Status   Status   `json:"status"` // queued, or scheduled when a node was free
	NodeID   ident.ID `json:"node_id,omitzero"`
	RetryOf  ident.ID `json:"retry_of,omitzero"`

	ScriptID      ident.ID `json:"script_id,omitzero"` // of the saved script that it is a copy of
	ScriptVersion int      `json:"script_version,omitzero"`
}

// EventType names the fact.
func (Submitted) EventType() string { return "execution.submitted.v1" }

// Assigned: a queued execution got a node.
type Assigned struct {
	NodeID  ident.ID `json:"node_id"`
	Attempt int      `json:"attempt"`
}

// EventType names the fact.
func (Assigned) EventType() string { return "execution.scheduled.v1" }

// Began: the node has started it. Runs shorter than a quarter of a second skip this.
type Began struct {
	NodeID  ident.ID `json:"node_id"`
	Attempt int      `json:"attempt"`
}

// EventType names the fact.
func (Began) EventType() string { return "execution.running.v1" }

// Requeued: its node was lost; another attempt follows.
type Requeued struct {
	NodeID  ident.ID `json:"node_id"`
	Attempt int      `json:"attempt"` // the one that was lost
	Reason  string   `json:"reason"`
}

// EventType names the fact.
func (Requeued) EventType() string { return "execution.requeued.v1" }

// CancelRequested: somebody wants it to end; the node has yet to say that it did.
type CancelRequested struct {
	NodeID ident.ID `json:"node_id"`
}

// EventType names the fact.
func (CancelRequested) EventType() string { return "execution.cancel_requested.v1" }

// Reprioritized: it waits at another priority than before.
type Reprioritized struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// EventType names the fact.
func (Reprioritized) EventType() string { return "execution.reprioritized.v1" }

// EgressChanged: it may connect to other places than before. The list itself is in the execution.
type EgressChanged struct {
	NodeID       ident.ID `json:"node_id,omitzero"`
	Revision     int64    `json:"revision"`
	Destinations int      `json:"destinations"` // how many the list has
}

// EventType names the fact.
func (EgressChanged) EventType() string { return "execution.egress_changed.v1" }

// Ended: the result is stored. One type per terminal status, so that consumers
// can ask for just the endings they care about.
type Ended struct {
	OwnerID         ident.ID `json:"owner_id,omitzero"`
	Status          Status   `json:"status"`
	Reason          string   `json:"reason,omitempty"`
	Runtime         string   `json:"runtime"`
	NodeID          ident.ID `json:"node_id,omitzero"`
	Attempt         int      `json:"attempt"`
	ExitCode        *int     `json:"exit_code,omitempty"`
	Signal          string   `json:"signal,omitempty"`
	WallUS          int64    `json:"wall_us"`
	CPUUS           int64    `json:"cpu_us"`
	PeakMemoryBytes int64    `json:"peak_memory_bytes"`
}

// EventType names the fact after its status: "execution.completed.v1".
func (e Ended) EventType() string { return "execution." + string(e.Status) + ".v1" }

// Deleted: its owner removed it, with input and output.
type Deleted struct{}

// EventType names the fact.
func (Deleted) EventType() string { return "execution.deleted.v1" }
