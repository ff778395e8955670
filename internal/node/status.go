package node

import (
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Status is what a node is, as seen by people.
type Status string

// The statuses.
const (
	Enrolling Status = "enrolling" // has a certificate, its agent has not come yet
	Ready     Status = "ready"     // its agent has a session; cordoned tells whether new work is placed there
	Draining  Status = "draining"  // like ready, and wanted empty; the reason says when it is
	Offline   Status = "offline"   // lease and grace have passed without its agent
	Retired   Status = "retired"   // removed for good; its certificate is worth nothing
)

// Statuses lists them all.
func Statuses() []Status { return []Status{Enrolling, Ready, Draining, Offline, Retired} }

// transitions are the legal ones; SQL mirrors the words and what belongs to draining.
var transitions = map[Status][]Status{
	Enrolling: {Ready, Draining, Retired},
	Ready:     {Draining, Offline, Retired},
	Draining:  {Ready, Offline, Retired},
	Offline:   {Ready, Draining, Retired},
	Retired:   {},
}

// Can tells whether a node may go from s to next. Staying is always legal, except for the dead.
func (s Status) Can(next Status) bool {
	return slices.Contains(transitions[s], next) || s == next && s != Retired
}

func (n *Node) become(next Status) error {
	if !n.Status.Can(next) {
		return fault.New(fault.Conflict, "node.transition", "The node is %s and cannot become %s.", n.Status, next)
	}
	n.Status = next
	return nil
}
