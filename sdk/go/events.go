package stoa

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Events reads what happened.
type Events struct{ c *Client }

// Event is one fact, as CloudEvents 1.0.
type Event struct {
	ID            string          `json:"id"`
	Source        string          `json:"source"`
	Type          string          `json:"type"`    // "execution.completed.v1"
	Subject       string          `json:"subject"` // "execution/<id>"
	Time          time.Time       `json:"time"`
	Version       int64           `json:"stoaversion"`
	Position      int64           `json:"stoaposition"` // in the log, gapless
	Organization  string          `json:"stoaorganization"`
	Project       string          `json:"stoaproject"`
	ActorKind     string          `json:"stoaactorkind"`
	Actor         string          `json:"stoaactor"`
	CorrelationID string          `json:"stoacorrelation"`
	Data          json.RawMessage `json:"data"`
	Raw           json.RawMessage `json:"-"` // the whole event as it came
}

// UnmarshalJSON keeps the original beside the fields.
func (e *Event) UnmarshalJSON(raw []byte) error {
	type plain Event
	if err := json.Unmarshal(raw, (*plain)(e)); err != nil {
		return err
	}
	e.Raw = append(json.RawMessage(nil), raw...)
	return nil
}

// MarshalJSON gives the event as it came.
func (e Event) MarshalJSON() ([]byte, error) {
	if e.Raw != nil {
		return e.Raw, nil
	}
	type plain Event
	return json.Marshal(plain(e))
}

// EventFilter narrows events; what is empty does not narrow.
type EventFilter struct {
	ProjectID string
	Type      string
	Subject   string // "execution/<id>"
	PageSize  int
	After     string // Watch only: the position after which to begin; empty: now
}

// List gives events of the log, in the order of the server.
func (s *Events) List(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return items[Event](ctx, s.c, "/events", f.query().int("limit", f.PageSize).values())
}

// Watch gives events as they happen, across broken connections, until ctx is done.
func (s *Events) Watch(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for frame, err := range s.c.stream(ctx, "/events/stream", f.query().values(), f.After) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			event := Event{Type: frame.event}
			if err := json.Unmarshal(frame.data, &event); err != nil {
				yield(Event{}, fmt.Errorf("decode event: %w", err))
				return
			}
			if !yield(event, nil) {
				return
			}
		}
	}
}

func (f EventFilter) query() query {
	return query{}.set("project_id", f.ProjectID).set("type", f.Type).set("subject", f.Subject)
}
