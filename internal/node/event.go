package node

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// EnrollmentCreated: a machine may join with a new token.
type EnrollmentCreated struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// EventType names the fact.
func (EnrollmentCreated) EventType() string { return "node.enrollment_created.v1" }

// Enrolled: a machine used its token and is a node now.
type Enrolled struct {
	EnrollmentID ident.ID `json:"enrollment_id"`
}

// EventType names the fact.
func (Enrolled) EventType() string { return "node.enrolled.v1" }

// CameReady: a node that was not there opened a session, or one came back with
// another reason not to work. A reconnect that changes nothing says nothing.
type CameReady struct {
	Epoch int64 `json:"epoch"`
	Slots int   `json:"slots"`
}

// EventType names the fact.
func (CameReady) EventType() string { return "node.ready.v1" }

// WentOffline: lease and grace have passed. Work of sessions up to Epoch no longer
// runs: the agent has ended it, or the machine is gone.
type WentOffline struct {
	Epoch int64 `json:"epoch"`
}

// EventType names the fact.
func (WentOffline) EventType() string { return "node.offline.v1" }

// Cordoned: nothing new is placed there.
type Cordoned struct{}

// EventType names the fact.
func (Cordoned) EventType() string { return "node.cordoned.v1" }

// Uncordoned: work may be placed there again.
type Uncordoned struct{}

// EventType names the fact.
func (Uncordoned) EventType() string { return "node.uncordoned.v1" }

// DrainAsked: the node is cordoned and wanted empty.
type DrainAsked struct{}

// EventType names the fact.
func (DrainAsked) EventType() string { return "node.draining.v1" }

// Drained: nothing runs there any more.
type Drained struct{}

// EventType names the fact.
func (Drained) EventType() string { return "node.drained.v1" }

// Removed: the node is retired and its certificate refused. Work of sessions up to
// Epoch ends within lease and grace.
type Removed struct {
	Epoch int64 `json:"epoch"`
}

// EventType names the fact.
func (Removed) EventType() string { return "node.removed.v1" }
