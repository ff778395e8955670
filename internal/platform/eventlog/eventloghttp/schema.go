package eventloghttp

import (
	"encoding/json"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// CloudEvent is eventlog.Event as the contract shows it: CloudEvents 1.0 in JSON.
type CloudEvent struct {
	SpecVersion     string          `json:"specversion" enum:"1.0"`
	ID              ident.ID        `json:"id"`
	Source          string          `json:"source" example:"stoa"`
	Type            string          `json:"type" example:"execution.completed.v1"`
	Subject         string          `json:"subject" doc:"What it is about: a kind and an id." example:"execution/018f9c2e-0000-7000-8000-000000000000"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype" enum:"application/json"`
	Version         int64           `json:"stoaversion" doc:"The version that the change gave to its subject."`
	Position        int64           `json:"stoaposition,omitempty" doc:"Its place in the log."`
	OrganizationID  ident.ID        `json:"stoaorganization,omitzero"`
	ProjectID       ident.ID        `json:"stoaproject,omitzero"`
	ActorKind       string          `json:"stoaactorkind" enum:"anonymous,user,service_account,agent,system"`
	ActorID         ident.ID        `json:"stoaactor,omitzero"`
	CorrelationID   string          `json:"stoacorrelation,omitempty" doc:"Ties together everything that one request led to."`
	CausationID     ident.ID        `json:"stoacausation,omitzero" doc:"The event that led to this one."`
	Replay          ident.ID        `json:"stoareplay,omitzero" doc:"Of a copy: the replay that made it."`
	Data            json.RawMessage `json:"data" doc:"As the type's JSON Schema says."`
}

func cloudEvent(e eventlog.Event) CloudEvent {
	return CloudEvent{
		"1.0", e.ID, eventlog.Source, e.Type, e.Subject(), e.Time, "application/json", e.Version, e.Position,
		e.OrganizationID, e.ProjectID, e.ActorKind, e.ActorID, e.CorrelationID, e.CausationID, e.Replay, e.Data,
	}
}

// EventTypeSummary is a type of event in the list of all.
type EventTypeSummary struct {
	Name    string `json:"name" example:"execution.completed.v1"`
	Version int    `json:"version" doc:"Of the type. Within a version fields are only added; what changes otherwise is another type, with the next version."`
	Emitter string `json:"emitter" doc:"The part of Stoa that says it." example:"execution"`
}

// EventType is a type of event and the shape of its data.
type EventType struct {
	EventTypeSummary
	Retention string          `json:"retention" enum:"forever" doc:"How long events of this type stay in the log. Stoa deletes none."`
	Schema    json.RawMessage `json:"schema" doc:"JSON Schema (2020-12) of the data. Within a version fields are only added, so ignore those that you do not know."`
	Example   json.RawMessage `json:"example" doc:"Data that the schema admits, with every field."`
}

func summary(t Description) EventTypeSummary {
	return EventTypeSummary{Name: t.Name, Version: t.Version, Emitter: t.Emitter}
}
