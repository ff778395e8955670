package node

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind names nodes in events, audit records and tasks.
const Kind = "node"

// Node is a machine that workloads run on. Cordoned and DrainAskedAt are wanted by
// people; everything that its agent observed is as of the last hello.
type Node struct {
	ID           ident.ID      `db:"id"`
	Name         string        `db:"name"`
	Status       Status        `db:"status"`
	Cordoned     bool          `db:"cordoned"`
	DrainAskedAt *time.Time    `db:"drain_asked_at"`
	DrainedAt    *time.Time    `db:"drained_at"`
	Reason       string        `db:"reason"` // why it is not ready for work, for people
	Address      string        `db:"address"`
	AgentVersion string        `db:"agent_version"`
	OS           string        `db:"os"`
	Arch         string        `db:"arch"`
	Cores        int           `db:"cores"`
	MemoryBytes  int64         `db:"memory_bytes"`
	SlotsTotal   int           `db:"slots_total"`
	Runtimes     []Runtime     `db:"runtimes"`
	Enforcement  []Enforcement `db:"enforcement"`
	EnrolledAt   time.Time     `db:"enrolled_at"`
	Version      int64         `db:"version"`

	// Of its session, if it ever had one.
	Epoch      int64      `db:"epoch"`
	SlotsUsed  int        `db:"slots_used"`
	LastSeenAt *time.Time `db:"last_seen_at"`
}

// Enforcement tells how one promise of the sandbox is kept on a node.
type Enforcement struct {
	Name string `json:"name"`
	How  string `json:"how"`
	OK   bool   `json:"ok"`
}

func (n *Node) draining() bool { return n.DrainAskedAt != nil }

// awake is what a node becomes when its agent is there.
func (n *Node) awake() Status {
	if n.draining() {
		return Draining
	}
	return Ready
}

// changed counts the version up and names the change for events.
func (n *Node) changed() eventlog.Aggregate {
	n.Version++
	return eventlog.Aggregate{Kind: Kind, ID: n.ID, Version: n.Version}
}

// Reasons, for people.
const (
	reasonOffline = "Its agent has not been heard for longer than lease and grace. Look at the machine and at its agent's log."
	reasonDrained = "Drained: nothing runs here any more. Stop the machine, remove the node, or uncordon it."
	reasonRemoved = "Removed. The machine needs a new enrolment token to come back."
)

func errRemoved() error {
	return fault.New(fault.Denied, "node.removed", "This node was removed. Enrol the machine again with a new token.")
}
