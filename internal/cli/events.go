package cli

import (
	"fmt"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type eventsCommand struct {
	List   eventsList   `cmd:"" default:"withargs" help:"List events, or show them as they happen."`
	Get    eventsGet    `cmd:"" help:"Show one event, and what happened around it."`
	Types  eventsTypes  `cmd:"" help:"List the types of events, or show the JSON Schema of one."`
	Stats  eventsStats  `cmd:"" help:"Count events by type, by hour and type, or by who caused them."`
	Export eventsExport `cmd:"" help:"Write events as CSV or JSON."`
}

// eventChoice says which events.
type eventChoice struct {
	Types       []string `name:"type" placeholder:"TYPE" help:"Only of this type, for instance execution.completed.v1; may be repeated."`
	Subject     string   `name:"subject" placeholder:"KIND/ID" help:"Only about this, for instance execution/0199…"`
	Kind        string   `name:"kind" placeholder:"KIND" help:"Only about things of this kind, for instance execution."`
	Actor       string   `name:"actor" placeholder:"ID" help:"Only what this user, service account or node caused."`
	Correlation string   `name:"correlation" placeholder:"ID" help:"Only what this request led to."`
	Since       instant  `name:"since" placeholder:"TIME" help:"Only from this time on: 2026-03-01T12:00:00Z, or 2h for two hours ago."`
	Until       instant  `name:"until" placeholder:"TIME" help:"Only before this time."`
	All         bool     `name:"all" help:"Operators: of everybody."`
}

func (e eventChoice) filter(c *call, client *stoa.Client) (stoa.EventFilter, error) {
	filter := stoa.EventFilter{
		Types: e.Types, Subject: e.Subject, Kind: e.Kind, ActorID: e.Actor, CorrelationID: e.Correlation,
		From: e.Since.Time, To: e.Until.Time, All: e.All,
	}
	if e.All {
		return filter, nil
	}
	var err error
	filter.ProjectID, err = c.project(client)
	return filter, err
}

// instant is a point in time as people write it: RFC 3339, or how long ago.
type instant struct{ time.Time }

// UnmarshalText reads an instant.
func (i *instant) UnmarshalText(text []byte) error {
	if d, err := time.ParseDuration(string(text)); err == nil {
		i.Time = time.Now().Add(-d)
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("%q is no time; write for instance 2026-03-01T12:00:00Z, or 2h for two hours ago", text)
	}
	i.Time = at
	return nil
}

var eventColumns = []column[stoa.Event]{
	{title: "TIME", value: func(e stoa.Event) string { return moment(&e.Time) }},
	{title: "TYPE", value: func(e stoa.Event) string { return e.Type }},
	{title: "SUBJECT", value: func(e stoa.Event) string { return e.Subject }},
	{title: "ACTOR", value: func(e stoa.Event) string { return e.ActorKind + " " + e.Actor }},
}
