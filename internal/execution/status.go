package execution

import "slices"

// Status is where an execution stands, in the words of its users.
type Status string

// The statuses. Failed is the user's program, Error is ours.
const (
	Queued    Status = "queued"
	Scheduled Status = "scheduled" // a node has been chosen
	Running   Status = "running"   // the node has started it
	Completed Status = "completed" // exit code 0
	Failed    Status = "failed"    // another exit code, or a signal
	TimedOut  Status = "timed_out"
	Cancelled Status = "cancelled"
	Error     Status = "error"
)

// Statuses lists every status, in the order of a life.
var Statuses = []Status{Queued, Scheduled, Running, Completed, Failed, TimedOut, Cancelled, Error}

// transitions is the whole life of an execution. Back to queued is the retry after
// a node was lost: a new attempt, which fences off the old one.
var transitions = map[Status][]Status{
	Queued:    {Scheduled, Cancelled, Error},
	Scheduled: {Running, Completed, Failed, TimedOut, Cancelled, Error, Queued},
	Running:   {Completed, Failed, TimedOut, Cancelled, Error, Queued},
}

// May tells whether an execution may go from one status to the other.
func May(from, to Status) bool { return slices.Contains(transitions[from], to) }

// Terminal tells whether nothing follows.
func (s Status) Terminal() bool { return len(transitions[s]) == 0 }

// Active tells whether it occupies a node.
func (s Status) Active() bool { return s == Scheduled || s == Running }

// Stage is the word that all kinds of workload share.
func (s Status) Stage() string {
	switch s {
	case Queued:
		return "pending"
	case Scheduled:
		return "scheduled"
	case Running:
		return "active"
	default:
		return "stopped"
	}
}

// Priority orders the queue; smaller goes first.
type Priority int

// The priorities (system 004 of the systems this one unites).
const (
	Critical   Priority = 0
	High       Priority = 1
	Normal     Priority = 5
	Low        Priority = 8
	Background Priority = 10
)

var priorityNames = map[Priority]string{Critical: "critical", High: "high", Normal: "normal", Low: "low", Background: "background"}

func (p Priority) String() string { return priorityNames[p] }

// ParsePriority reads a priority's name; the empty name is Normal.
func ParsePriority(name string) (Priority, bool) {
	if name == "" {
		return Normal, true
	}
	for p, n := range priorityNames {
		if n == name {
			return p, true
		}
	}
	return 0, false
}
