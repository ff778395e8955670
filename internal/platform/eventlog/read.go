package eventlog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Scope is a part of the log by whose it is. The zero Scope holds nothing.
type Scope struct {
	All           bool       // the whole log
	Projects      []ident.ID // what happened in these projects
	Organizations []ident.ID // what happened to these organizations themselves, outside of projects
	Whole         []ident.ID // all of these organizations, with all their projects
	Self          ident.ID   // what happened to this account and what is its own: events of no project whose aggregate has its id
}

// Filter chooses events. Every field that is set narrows it.
type Filter struct {
	Scope       *Scope   // nil: no narrowing
	Types       []string // exact types
	ProjectID   ident.ID
	AggregateID ident.ID

	AggregateKind string
	ActorID       ident.ID
	CorrelationID string
	From, To      time.Time // when it happened: from the first on, before the second
}

// Match tells whether the filter chooses an event: the same as the SQL does.
func (f Filter) Match(e Event) bool {
	return (f.Scope == nil || f.Scope.holds(e)) &&
		(len(f.Types) == 0 || slices.Contains(f.Types, e.Type)) &&
		(f.ProjectID.IsZero() || f.ProjectID == e.ProjectID) &&
		(f.AggregateID.IsZero() || f.AggregateID == e.AggregateID) &&
		(f.AggregateKind == "" || f.AggregateKind == e.AggregateKind) &&
		(f.ActorID.IsZero() || f.ActorID == e.ActorID) &&
		(f.CorrelationID == "" || f.CorrelationID == e.CorrelationID) &&
		(f.From.IsZero() || !e.Time.Before(f.From)) && (f.To.IsZero() || e.Time.Before(f.To))
}

func (s Scope) holds(e Event) bool {
	switch {
	case s.All:
		return true
	case !e.OrganizationID.IsZero() && slices.Contains(s.Whole, e.OrganizationID):
		return true
	case !e.ProjectID.IsZero():
		return slices.Contains(s.Projects, e.ProjectID)
	default:
		return !e.OrganizationID.IsZero() && slices.Contains(s.Organizations, e.OrganizationID) ||
			e.OrganizationID.IsZero() && !s.Self.IsZero() && e.AggregateID == s.Self
	}
}

// where writes the filter as SQL.
func (f Filter) where(args []any) (string, []any) {
	c := pg.Conditions{Args: args}
	if s := f.Scope; s != nil && !s.All {
		c.And(`(l.project_id = ANY($%d) OR l.organization_id = ANY($%d) OR l.project_id IS NULL AND
			(l.organization_id = ANY($%d) OR l.organization_id IS NULL AND e.aggregate_id = $%d))`,
			s.Projects, s.Whole, s.Organizations, s.Self)
	}
	if len(f.Types) > 0 {
		c.And(`e.type = ANY($%d)`, f.Types)
	}
	if !f.ProjectID.IsZero() {
		c.And(`l.project_id = $%d`, f.ProjectID)
	}
	if !f.AggregateID.IsZero() {
		c.And(`e.aggregate_id = $%d`, f.AggregateID)
	}
	if f.AggregateKind != "" {
		c.And(`e.aggregate_kind = $%d`, f.AggregateKind)
	}
	if !f.ActorID.IsZero() {
		c.And(`e.actor_id = $%d`, f.ActorID)
	}
	if f.CorrelationID != "" {
		c.And(`e.correlation_id = $%d`, f.CorrelationID)
	}
	// Ids are made in the order of time, within the transaction that began at the
	// event's time: their bounds let the planner skip whole months.
	if !f.From.IsZero() {
		c.And(`e.time >= $%d AND e.id >= $%d`, f.From, ident.FloorAt(f.From.Add(-time.Second)))
	}
	if !f.To.IsZero() {
		c.And(`e.time < $%d AND e.id < $%d`, f.To, ident.FloorAt(f.To.Add(idSlack)))
	}
	return c.String(), c.Args
}

// idSlack is how much later than its event's time an id can have been made: no
// transaction lasts so long.
const idSlack = time.Hour

const (
	columns = `e.id, e.type, e.time, e.aggregate_kind, e.aggregate_id, e.version, e.organization_id, e.project_id,
	e.actor_kind, e.actor_id, e.correlation_id, e.causation_id, e.data`
	fromLog = `SELECT ` + columns + `, l.position FROM event_log l JOIN event e ON e.id = l.event_id`

	readForward  = fromLog + ` WHERE l.position > $1 AND l.position <= $2%s ORDER BY l.position LIMIT $3`
	readBackward = fromLog + ` WHERE l.position < $1%s ORDER BY l.position DESC LIMIT $2`
	readByID     = fromLog + ` WHERE l.event_id = $1%s`
	readThese    = fromLog + ` WHERE l.position = ANY($1) AND e.id = ANY($2) ORDER BY l.position` // both by their indexes, whatever the planner knows
)

// Read gives the chosen events after a position, oldest first, at most limit of
// them. Through is the position up to which the log was looked at: go on from
// there, also when no event was chosen.
func Read(ctx context.Context, q pg.Querier, after int64, limit int, f Filter) (events []Event, through int64, err error) {
	head, err := Head(ctx, q)
	if err != nil {
		return nil, after, fmt.Errorf("read the log's head: %w", err)
	}
	if head <= after {
		return nil, after, nil
	}
	events, err = ReadRange(ctx, q, after, head, limit, f)
	if err != nil {
		return nil, after, err
	}
	if len(events) == limit {
		return events, events[limit-1].Position, nil
	}
	return events, head, nil
}

// ReadRange gives the chosen events after a position and up to another, oldest first.
func ReadRange(ctx context.Context, q pg.Querier, after, through int64, limit int, f Filter) ([]Event, error) {
	where, args := f.where([]any{after, through, limit})
	events, err := pg.All[Event](ctx, q, fmt.Sprintf(readForward, where), args...)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return events, nil
}

// ReadBefore gives the chosen events before a position, newest first. Zero means the log's end.
func ReadBefore(ctx context.Context, q pg.Querier, before int64, limit int, f Filter) ([]Event, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	where, args := f.where([]any{before, limit})
	events, err := pg.All[Event](ctx, q, fmt.Sprintf(readBackward, where), args...)
	if err != nil {
		return nil, fmt.Errorf("read the log backwards: %w", err)
	}
	return events, nil
}

// ReadEvent gives one event of the log, if the filter chooses it; else pgx.ErrNoRows.
func ReadEvent(ctx context.Context, q pg.Querier, id ident.ID, f Filter) (Event, error) {
	where, args := f.where([]any{id})
	return pg.One[Event](ctx, q, fmt.Sprintf(readByID, where), args...)
}
