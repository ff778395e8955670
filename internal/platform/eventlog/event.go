// Package eventlog is what happened: insert-only CloudEvents, written in the
// transaction of the command that caused them, put into one gapless order by a
// sequencer, and read by consumers that keep a cursor.
//
// Three promises, each with a property test. Positions are gapless integers.
// The events of one aggregate appear in the order of their versions. Whatever
// began after a commit comes after it. SQL gives none of these by itself:
// neither sequences nor ids follow commit order, so the command's transaction,
// once it holds its aggregate's lock, also inserts into the thin outbox, and
// one sequencer moves committed outbox rows to the log.
package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Source is the CloudEvents source of everything that this installation says.
const Source = "stoa"

// Fact is the typed data of one event. It holds ids and numbers, never names,
// e-mail, source, environment or output, so that a person can be forgotten.
type Fact interface {
	EventType() string // "execution.completed.v1": additive within a version
}

// Aggregate names what an event is about, and the version the change gave it.
type Aggregate struct {
	Kind    string // "execution"
	ID      ident.ID
	Version int64
}

// Cause is who or what led to an event.
type Cause struct {
	ActorKind     string
	ActorID       ident.ID
	CorrelationID string
	CausationID   ident.ID // the event that a consumer was handling, if any
}

// Event is one stored fact with its CloudEvents envelope.
type Event struct {
	ID             ident.ID        `db:"id"`
	Type           string          `db:"type"`
	Time           time.Time       `db:"time"`
	AggregateKind  string          `db:"aggregate_kind"`
	AggregateID    ident.ID        `db:"aggregate_id"`
	Version        int64           `db:"version"`
	OrganizationID ident.ID        `db:"organization_id"`
	ProjectID      ident.ID        `db:"project_id"`
	ActorKind      string          `db:"actor_kind"`
	ActorID        ident.ID        `db:"actor_id"`
	CorrelationID  string          `db:"correlation_id"`
	CausationID    ident.ID        `db:"causation_id"`
	Data           json.RawMessage `db:"data"`
	Position       int64           `db:"position"` // zero until sequenced
	Replay         ident.ID        `db:"-"`        // of a copy: the replay that made it
}

// Subject is the CloudEvents subject: "execution/<id>".
func (e Event) Subject() string { return e.AggregateKind + "/" + e.AggregateID.String() }

// Area is the part of the catalogue that its type belongs to: "execution".
func (e Event) Area() string {
	area, _, _ := strings.Cut(e.Type, ".")
	return area
}

// Decode reads the data as T.
func Decode[T Fact](e Event) (T, error) {
	var fact T
	if err := json.Unmarshal(e.Data, &fact); err != nil {
		return fact, fmt.Errorf("decode %s %s: %w", e.Type, e.ID, err)
	}
	return fact, nil
}

// MarshalJSON writes the CloudEvents 1.0 JSON format; Stoa's own attributes are extensions.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		SpecVersion     string          `json:"specversion"`
		ID              ident.ID        `json:"id"`
		Source          string          `json:"source"`
		Type            string          `json:"type"`
		Subject         string          `json:"subject"`
		Time            time.Time       `json:"time"`
		DataContentType string          `json:"datacontenttype"`
		Version         int64           `json:"stoaversion"`
		Position        int64           `json:"stoaposition,omitempty"`
		OrganizationID  ident.ID        `json:"stoaorganization,omitzero"`
		ProjectID       ident.ID        `json:"stoaproject,omitzero"`
		ActorKind       string          `json:"stoaactorkind"`
		ActorID         ident.ID        `json:"stoaactor,omitzero"`
		CorrelationID   string          `json:"stoacorrelation,omitempty"`
		CausationID     ident.ID        `json:"stoacausation,omitzero"`
		Replay          ident.ID        `json:"stoareplay,omitzero"`
		Data            json.RawMessage `json:"data"`
	}{
		"1.0", e.ID, Source, e.Type, e.Subject(), e.Time, "application/json", e.Version, e.Position,
		e.OrganizationID, e.ProjectID, e.ActorKind, e.ActorID, e.CorrelationID, e.CausationID, e.Replay, e.Data,
	})
}

const insertEvent = `
WITH e AS (
	INSERT INTO event (id, type, time, aggregate_kind, aggregate_id, version, organization_id, project_id,
	                   actor_kind, actor_id, correlation_id, causation_id, data)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))
INSERT INTO outbox (event_id, organization_id, project_id) VALUES ($1, $7, $8)`

// Append queues the event to be written with the transaction's COMMIT. By then
// the transaction holds its aggregate's lock, which is what makes the outbox
// order of one aggregate its version order.
func Append(tx *pg.Tx, e Event) {
	tx.Defer(insertEvent, e.ID, e.Type, e.Time, e.AggregateKind, e.AggregateID, e.Version, e.OrganizationID, e.ProjectID,
		e.ActorKind, e.ActorID, e.CorrelationID, e.CausationID, e.Data)
}

// Handler applies one event inside the transaction that also moves the consumer's cursor.
type Handler func(ctx context.Context, tx *pg.Tx, e Event) error
