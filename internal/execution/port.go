package execution

import (
	"bytes"
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Load is how much of a user's work is under way. The row is locked before any
// of the user's executions changes.
type Load struct {
	UserID ident.ID `db:"user_id"`
	Active int      `db:"active"`
	Queued int      `db:"queued"`
	Rank   int64    `db:"rank"` // of the user's last queued execution
}

// Ahead describes the queue as a newcomer sees it.
type Ahead struct {
	Waiting bool  // somebody of this or a more urgent priority waits
	Floor   int64 // the smallest rank that waits: fair order's virtual time
}

// Store keeps executions. Writes that need no answer travel with the commit.
type Store interface {
	Images

	// AskLoad locks the user's load with the transaction's next statement, or when it is
	// asked for; it comes with what waits at this priority.
	AskLoad(tx *pg.Tx, user ident.ID, p Priority) LoadLater
	// SaveLoad queues the changed load for the commit.
	SaveLoad(tx *pg.Tx, l Load)
	// ActiveIn counts what a project or an organization has under way; after LockShare of the same
	// id, no other transaction that locks it changes that before this one ends.
	ActiveIn(ctx context.Context, q pg.Querier, place ident.ID) (int, error)
	LockShare(ctx context.Context, q pg.Querier, place ident.ID) error
	// Queued counts what waits, up to at most.
	Queued(ctx context.Context, q pg.Querier, atMost int) (int, error)

	// Insert queues a new execution and its input for the commit.
	Insert(tx *pg.Tx, e Execution, in Input)
	// Lock returns an execution, locked, after its owner's load.
	Lock(ctx context.Context, tx *pg.Tx, id ident.ID) (Execution, Load, error)
	// Save queues a changed execution for the commit; its version counts up by one.
	Save(tx *pg.Tx, e Execution)
	// SaveRemembered queues an execution for the commit that ended, and takes it off its
	// owner's load. It is not locked: if its version is not the one before, the
	// transaction fails and may be tried again.
	SaveRemembered(tx *pg.Tx, e Execution)
	// SaveOutput queues what the program wrote for the commit.
	SaveOutput(tx *pg.Tx, id ident.ID, out Output)
	// Egress returns the list of an execution with network access.
	Egress(ctx context.Context, q pg.Querier, id ident.ID) (Egress, error)
	// SaveEgress queues a list for the commit, SaveEgressReport what came of it.
	SaveEgress(tx *pg.Tx, id ident.ID, e Egress)
	SaveEgressReport(tx *pg.Tx, id ident.ID, r node.EgressReport)
	// SaveArtefacts queues what a run left behind, and what it was asked for and did not, for the commit.
	SaveArtefacts(tx *pg.Tx, id ident.ID, all []Artefact)
	// Artefacts lists them, in the order that they were told in, without content.
	Artefacts(ctx context.Context, q pg.Querier, id ident.ID) ([]Artefact, error)
	// ArtefactChunk reads one piece of a content; no bytes after the last.
	ArtefactChunk(ctx context.Context, q pg.Querier, id ident.ID, n, seq int) ([]byte, error)
	// Interactive tells how an interactive execution gets its input.
	Interactive(ctx context.Context, q pg.Querier, id ident.ID) (Interactive, error)
	// SaveRecording queues what was said for the commit.
	SaveRecording(tx *pg.Tx, id ident.ID, recording []byte)
	// Recording returns it; there is none where none was asked for, and before the end.
	Recording(ctx context.Context, q pg.Querier, id ident.ID) ([]byte, error)
	// Attach keeps an attachment for as long as the lease, by the database's clock; again, it renews it.
	Attach(ctx context.Context, q pg.Querier, id ident.ID, a Attachment, lease time.Duration) error
	Detach(ctx context.Context, q pg.Querier, attachment ident.ID) error
	// Attachments lists who is attached now, the longest first.
	Attachments(ctx context.Context, q pg.Querier, id ident.ID) ([]Attachment, error)
	// ForgetAttachments removes those that ran out.
	ForgetAttachments(ctx context.Context, q pg.Querier) error
	// Delete queues the removal of an execution with input and output.
	Delete(tx *pg.Tx, id ident.ID)

	Get(ctx context.Context, q pg.Querier, id ident.ID) (Execution, error)
	Input(ctx context.Context, q pg.Querier, id ident.ID) (Input, error)
	// Fetches returns the project of an attempt that a node holds and that names a file by this hash; no rows where it does not.
	Fetches(ctx context.Context, q pg.Querier, node ident.ID, a Attempt, sha256 []byte) (ident.ID, error)
	Output(ctx context.Context, q pg.Querier, id ident.ID) (Output, error)
	// GetEnded returns an execution and what it wrote, in one round trip.
	GetEnded(ctx context.Context, q pg.Querier, id ident.ID) (Execution, *Output, error)
	List(ctx context.Context, q pg.Querier, f Filter) ([]Execution, error)
	// Happened returns an execution's events, oldest first.
	Happened(ctx context.Context, q pg.Querier, id ident.ID) ([]Happened, error)
	// Position tells how many wait up to it, itself included, and how many its owner has under way.
	Position(ctx context.Context, q pg.Querier, e Execution) (position, active int, err error)
	// Rank is the place in the queue that an execution of e's owner gets at a priority, by fair order.
	Rank(ctx context.Context, q pg.Querier, e Execution, p Priority) (int64, error)
	// Waiting reads what is queued, in order, and WaitingCounts counts it.
	Waiting(ctx context.Context, q pg.Querier, in Waiting) ([]Entry, error)
	WaitingCounts(ctx context.Context, q pg.Querier, in Waiting) ([]WaitingCount, error)
	QueueStats(ctx context.Context, q pg.Querier) (QueueStats, error)

	// Claimable returns queued executions, in fair order, that one of the offers fits and
	// whose owner is below the concurrency limit and not to be left out in that project.
	Claimable(ctx context.Context, q pg.Querier, offers []Offer, concurrent, limit int, without []OwnerIn) ([]Claimable, error)
	// OnNode returns the scheduled and running executions of a node.
	OnNode(ctx context.Context, q pg.Querier, node ident.ID) ([]Execution, error)
	// Projects returns the projects that have executions.
	Projects(ctx context.Context, q pg.Querier) ([]InProject, error)
	// EndedBefore returns executions of a project that ended before a time, oldest first.
	EndedBefore(ctx context.Context, q pg.Querier, project ident.ID, before time.Time, limit int) ([]ident.ID, error)
	// Stale returns queued executions older than before.
	Stale(ctx context.Context, q pg.Querier, before time.Time, limit int) ([]ident.ID, error)
	// Overdue returns the attempts of active executions whose wall limit plus margin has passed.
	Overdue(ctx context.Context, q pg.Querier, now time.Time, margin time.Duration, limit int) ([]Attempt, error)
	// Lost returns those whose node has had no session for longer than grace.
	Lost(ctx context.Context, q pg.Querier, grace time.Duration, limit int) ([]Attempt, error)

	Runtimes(ctx context.Context, q pg.Querier) ([]Runtime, error)
	ReplaceRuntimes(ctx context.Context, tx *pg.Tx, node ident.ID, offered []Runtime, now time.Time) error
}

// LoadLater gives the load that was asked for.
type LoadLater func(context.Context) (Load, Ahead, error)

// OwnerIn is somebody at work in a project: what limits of their own depend on.
type OwnerIn struct {
	OwnerID   ident.ID `db:"owner_id"`
	ProjectID ident.ID `db:"project_id"`
}

// Attempt is one try at an execution.
type Attempt struct {
	ID      ident.ID `db:"id"`
	Attempt int      `db:"attempt"`
}

// Claimable is a queued execution, whose it is, and how many its owner has under way.
type Claimable struct {
	ID ident.ID `db:"id"`
	OwnerIn
	OrganizationID ident.ID `db:"organization_id"`
	Active         int      `db:"active"`
}

// Filter selects executions, newest first: of one project, else of an organization's, else of all.
type Filter struct {
	Organization ident.ID
	Priority     *Priority // nil: any

	Project  ident.ID
	Owner    ident.ID // zero: everybody's
	Statuses []Status
	Runtime  string   // a prefix: "python" or "python@3.11.2"
	Script   ident.ID // zero: of any script, and of none
	Version  int      // of the script; zero: any
	Before   ident.ID // zero: from the newest
	Since    ident.ID // zero: to the oldest; else none that sorts before it
	Limit    int
}

// Between narrows the filter to what was submitted from one time on and before another; a
// zero time does not. Ids sort by their time, to the millisecond, so no other index is needed.
func (f Filter) Between(from, to time.Time) Filter {
	if !from.IsZero() {
		f.Since = ident.FloorAt(from)
	}
	if !to.IsZero() {
		if end := ident.FloorAt(to); f.Before.IsZero() || bytes.Compare(end[:], f.Before[:]) < 0 {
			f.Before = end
		}
	}
	return f
}

// InProject is a project that has executions.
type InProject struct {
	Project      ident.ID `db:"project_id"`
	Organization ident.ID `db:"organization_id"`
}

// QueueStats is the state of the queue for people who look after it.
type QueueStats struct {
	Queued     int
	Active     int
	ByPriority map[Priority]int
	Oldest     *time.Time
}

// Limiter tells the limits that apply to somebody, and names them when they are hit.
type Limiter interface {
	Int(ctx context.Context, q pg.Querier, name string, who Subject) (LimitValue, error)
}

// Subject is whose limits are asked for.
type Subject struct{ User, Project, Organization ident.ID }

// LimitValue is one effective limit.
type LimitValue interface {
	Int() int64
	Text() string // of a setting in words
	// Refuse makes the fault that names the limit, its value and whose it is.
	Refuse(code, format string, args ...any) error
}

// Nodes reaches the agents whose sessions this replica holds.
type Nodes interface {
	Assign(ctx context.Context, to Slot, e Execution, in Input) error
	Cancel(ctx context.Context, node ident.ID, id ident.ID, attempt int, reason string) error
	Replay(ctx context.Context, node ident.ID, id ident.ID, attempt int) error
	// SetEgress gives a running attempt another list.
	SetEgress(ctx context.Context, at, id ident.ID, attempt int, to Egress) error
	// Input sends something to a running attempt's standard input, once.
	Input(at, id ident.ID, attempt int, in node.Input) error
	// KeepImages names every image that the node is to have ready.
	KeepImages(ctx context.Context, at ident.ID, epoch int64, all []node.Image) error
}

// Waker tells when an aggregate changed; eventlog.Hints is one.
type Waker interface {
	// Changed returns a channel that closes at the next change, and a function to give up.
	Changed(aggregate ident.ID) (<-chan struct{}, func())
}
