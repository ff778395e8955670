package eventplane

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ReplayStatus says where a replay stands.
type ReplayStatus string

// The statuses of a replay.
const (
	Preview   ReplayStatus = "preview"   // counted, not meant to run yet
	Scheduled ReplayStatus = "scheduled" // starts at its time
	Created   ReplayStatus = "created"   // starts when somebody says so
	Running   ReplayStatus = "running"
	Paused    ReplayStatus = "paused"
	Completed ReplayStatus = "completed"
	Failed    ReplayStatus = "failed" // the target would not have it; resume goes on from there
	Cancelled ReplayStatus = "cancelled"
)

// replayMoves is the whole life of a replay.
var replayMoves = map[ReplayStatus][]ReplayStatus{
	Preview:   {Running, Cancelled},
	Created:   {Running, Cancelled},
	Scheduled: {Running, Cancelled},
	Running:   {Paused, Completed, Failed, Cancelled},
	Paused:    {Running, Cancelled},
	Failed:    {Running, Cancelled},
}

// Target says where a replay's copies go.
type Target string

// The targets.
const (
	ToBus      Target = "bus"      // published, for who listens to stoa.replay.<id>
	ToConsumer Target = "consumer" // handled by a consumer that says it is replayable
	ToCallback Target = "callback" // posted, signed
	ToFile     Target = "file"     // kept as JSON lines, to download
)

// ReplayAim is what a replay gives to whom, and how fast.
type ReplayAim struct {
	Name          string   `db:"name"`
	Types         []string `db:"types"`
	AggregateKind string   `db:"aggregate_kind"`
	AggregateID   ident.ID `db:"aggregate_id"`
	ProjectID     ident.ID `db:"project_id"`
	// Whose own it is, and whose events it gives; zero: the platform's, everybody's.
	OrganizationID ident.ID   `db:"organization_id"`
	ActorID        ident.ID   `db:"actor_id"`
	CorrelationID  string     `db:"correlation_id"`
	From           *time.Time `db:"from_time"`
	To             *time.Time `db:"to_time"`
	AfterPosition  int64      `db:"after_position"`
	MaxEvents      int64      `db:"max_events"`

	Target     Target  `db:"target"`
	Consumer   string  `db:"consumer"`
	URL        string  `db:"url"`
	Speed      float64 `db:"speed"` // times as fast as it happened; 0: as fast as the target takes them
	Batch      int     `db:"batch"`
	SkipErrors bool    `db:"skip_errors"` // go on without what the target does not take

	StartAt *time.Time `db:"start_at"`
}

// Replay gives events of the log once more. The copies are marked, and no consumer
// sees them unless the replay is to it and it says that it is replayable.
type Replay struct {
	ID      ident.ID     `db:"id"`
	Version int64        `db:"version"`
	Status  ReplayStatus `db:"status"`
	Reason  string       `db:"reason"`
	ReplayAim
	CreatedBy ident.ID   `db:"created_by"`
	CreatedAt time.Time  `db:"created_at"`
	StartedAt *time.Time `db:"started_at"`
	EndedAt   *time.Time `db:"ended_at"`

	Through  int64           `db:"through_position"` // what happens later is not replayed
	Counts   json.RawMessage `db:"counts"`           // by type, when it was made
	Total    int64           `db:"total"`
	Position int64           `db:"position"`
	Sent     int64           `db:"sent"`
	Failed   int64           `db:"failed"`

	SealedSecret []byte `db:"sealed_secret" json:"-"`
}

// filter chooses the replay's events.
func (a ReplayAim) filter() eventlog.Filter {
	f := eventlog.Filter{
		Types: a.Types, AggregateKind: a.AggregateKind, AggregateID: a.AggregateID, ProjectID: a.ProjectID, ActorID: a.ActorID, CorrelationID: a.CorrelationID,
	}
	if a.From != nil {
		f.From = *a.From
	}
	if a.To != nil {
		f.To = *a.To
	}
	if !a.OrganizationID.IsZero() {
		f.Scope = &eventlog.Scope{Whole: []ident.ID{a.OrganizationID}}
	}
	return f
}

// MayBecome tells whether the replay may go to a status.
func (r Replay) MayBecome(to ReplayStatus) bool { return slices.Contains(replayMoves[r.Status], to) }
