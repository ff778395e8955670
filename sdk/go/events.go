package stoa

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
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
	Types     []string // one of these
	Subject   string   // "execution/<id>"
	PageSize  int

	Kind          string // "execution"
	ActorID       string
	CorrelationID string
	From, To      time.Time // when it happened: from the first on, before the second
	All           bool      // operators: of everybody
	After         string    // Watch and Export: the position after which to begin; empty: now, and the log's beginning
}

// List gives events of the log, in the order of the server.
func (s *Events) List(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return items[Event](ctx, s.c, "/events", f.query().size(f.PageSize).values())
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
	q := query{}.set("project_id", f.ProjectID).set("subject", f.Subject).set("kind", f.Kind).
		set("actor_id", f.ActorID).set("correlation_id", f.CorrelationID).time("from", f.From).time("to", f.To)
	for _, t := range f.Types {
		q.values().Add("type", t)
	}
	if f.All {
		q.set("all", "true")
	}
	return q
}

func (q query) time(name string, at time.Time) query {
	if at.IsZero() {
		return q
	}
	return q.set(name, at.UTC().Format(time.RFC3339Nano))
}

// EventAround is an event with what happened around it.
type EventAround struct {
	Event    Event   `json:"event"`
	Timeline []Event `json:"timeline"` // of the same thing, oldest first
	Related  []Event `json:"related"`  // what the same request led to elsewhere, oldest first
}

// Get reads one event and what happened around it.
func (s *Events) Get(ctx context.Context, id string) (*EventAround, error) {
	var out EventAround
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/events/" + url.PathEscape(id)}, &out)
	return &out, err
}

// Types lists all types of events.
func (s *Events) Types(ctx context.Context) ([]EventTypeSummary, error) {
	var out struct {
		Items []EventTypeSummary `json:"items"`
	}
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/events/types"}, &out)
	return out.Items, err
}

// Type reads the JSON Schema of one type of event, with an example.
func (s *Events) Type(ctx context.Context, name string) (*EventType, error) {
	var out EventType
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/events/types/" + url.PathEscape(name)}, &out)
	return &out, err
}

// Statistics counts events by hour and type: of the last day, or from and to as the filter says, 31 days at most.
func (s *Events) Statistics(ctx context.Context, f EventFilter) iter.Seq2[EventCount, error] {
	return items[EventCount](ctx, s.c, "/events/statistics", f.query().values())
}

// Actors counts events by who caused them, the most first: of the same time as Statistics, the 50 who caused the most.
func (s *Events) Actors(ctx context.Context, f EventFilter) iter.Seq2[EventActor, error] {
	return items[EventActor](ctx, s.c, "/events/actors", f.query().values())
}

// Export gives events as a file, oldest first, after the filter's After. Format is
// "csv" or "json", most how many (zero: 10,000; 100,000 are the most). The caller closes it.
// A file that breaks off ends in an error.
func (s *Events) Export(ctx context.Context, f EventFilter, format string, most int) (io.ReadCloser, error) {
	q := f.query().set("format", format).set("after", f.After).size(most)
	answer, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: "/events/export", query: q.values()})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}
