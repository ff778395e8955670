package eventloghttp

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

// EventType is a type of event and the shape of its data.
type EventType struct {
	Name   string          `json:"name" example:"execution.completed.v1"`
	Schema json.RawMessage `json:"schema" doc:"JSON Schema (2020-12) of the data. Within a version fields are only added, so ignore those that you do not know."`
}

type idSchema struct{}

// Schema implements huma.SchemaProvider.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// describe makes the JSON Schema of every fact from its Go type.
func describe(catalogue *eventlog.Catalogue) (map[string]EventType, error) {
	all := map[string]EventType{}
	for _, name := range catalogue.Types() {
		t, _ := catalogue.Type(name)
		registry := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
		registry.RegisterTypeAlias(reflect.TypeFor[ident.ID](), reflect.TypeFor[idSchema]())
		root := registry.Schema(t, false, t.Name())
		open(root)
		defs := registry.Map()
		delete(defs, huma.DefaultSchemaNamer(t, t.Name())) // the root itself
		for _, def := range defs {
			open(def)
		}
		body, err := json.Marshal(root)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		document := map[string]any{}
		if err := json.Unmarshal(body, &document); err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		document["$schema"], document["$id"], document["title"] = "https://json-schema.org/draft/2020-12/schema", "/api/v1/events/types/"+name, name
		if len(defs) > 0 {
			document["$defs"] = defs
		}
		if body, err = json.Marshal(document); err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		all[name] = EventType{Name: name, Schema: body}
	}
	return all, nil
}

// open admits fields that later programs add.
func open(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeObject && s.AdditionalProperties == false {
		s.AdditionalProperties = nil
	}
	open(s.Items)
	for _, p := range s.Properties {
		open(p)
	}
}
