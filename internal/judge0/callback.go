package judge0

import (
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind is the aggregate's name in events. A callback has its execution's id.
const Kind = "judge0_callback"

// Progress says where a callback stands.
type Progress string

// A callback waits for the end of its execution, and is then tried until it arrives.
const (
	Waiting   Progress = "waiting"
	Queued    Progress = "queued"
	Sending   Progress = "sending"
	Delivered Progress = "delivered"
	Failed    Progress = "failed"
)

// next is which status a callback may take after which. The SQL moves waiting to
// queued when the execution ended, and queued to sending when somebody claims it.
var next = map[Progress][]Progress{
	Waiting: {Queued},
	Queued:  {Queued, Sending},                    // again: at once, by hand
	Sending: {Sending, Queued, Delivered, Failed}, // again: whoever was sending died

	Delivered: {Queued}, // by hand
	Failed:    {Queued},
}

// Callback is who is to be called when an execution has ended.
type Callback struct {
	ExecutionID    ident.ID   `db:"execution_id"`
	Version        int64      `db:"version"`
	OrganizationID ident.ID   `db:"organization_id"`
	ProjectID      ident.ID   `db:"project_id"`
	OwnerID        ident.ID   `db:"owner_id"`
	URL            []byte     `db:"url" json:"-"` // sealed
	Status         Progress   `db:"status"`
	Attempts       int        `db:"attempts"`
	RestartedAt    int        `db:"restarted_at"` // the attempts before the schedule began anew
	Reason         string     `db:"reason"`       // why the last attempt failed
	StatusCode     int        `db:"status_code"`  // of the last answer; 0: there was none
	TriedAt        *time.Time `db:"tried_at"`     // when the last attempt began
	NextAt         *time.Time `db:"next_at"`
	LeaseUntil     *time.Time `db:"lease_until"`
	EndedAt        *time.Time `db:"ended_at"`
}

func (c *Callback) become(to Progress) {
	if !slices.Contains(next[c.Status], to) {
		panic("judge0: a callback that is " + string(c.Status) + " does not become " + string(to))
	}
	c.Status, c.NextAt, c.LeaseUntil = to, nil, nil
	c.Version++
}

func (c *Callback) scope() command.Scope {
	return command.Scope{Organization: c.OrganizationID, Project: c.ProjectID, Owner: c.OwnerID}
}

func (c *Callback) aggregate() eventlog.Aggregate {
	return eventlog.Aggregate{Kind: Kind, ID: c.ExecutionID, Version: c.Version}
}

// schedule is eight attempts in a day, sooner over where the setting has shorter pauses.
var schedule = courier.Schedule{Pauses: []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}, Wish: 15 * time.Hour}

// MaxAttempts is how often a callback is tried.
func MaxAttempts() int { return schedule.Tries() }

// CallbackAsked says that somebody wants a callback made again.
type CallbackAsked struct {
	ExecutionID ident.ID `json:"execution_id"`
	OwnerID     ident.ID `json:"owner_id"`
}

// EventType names the fact.
func (CallbackAsked) EventType() string { return "judge0.callback_asked.v1" }

// CallbackEnded says that a callback arrived, or was given up.
type CallbackEnded struct {
	ExecutionID ident.ID `json:"execution_id"`
	OwnerID     ident.ID `json:"owner_id"`
	Status      Progress `json:"status"`
	Attempts    int      `json:"attempts"`
}

// EventType names the fact.
func (CallbackEnded) EventType() string { return "judge0.callback_ended.v1" }
