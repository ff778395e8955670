package eventloghttp

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

// Register mounts the log's operations.
func Register(api huma.API, s *Slice) {
	const tag = "Events"
	huma.Register(api, httpx.Operation("event.list", http.MethodGet, "/api/v1/events", "List events, newest first", tag), s.getList)
	op := httpx.InGroup(httpx.RateStream, httpx.Operation("event.stream", http.MethodGet, "/api/v1/events/stream", "Follow events as they happen", tag))
	op.Description = "Server-Sent Events: the event name is the type, the data is the CloudEvent as JSON, the id is the position. " +
		"A client that reconnects sends Last-Event-ID and misses nothing; without it the stream starts now, with 0 at the beginning of the log. " +
		"An event named reset says that the log was restored to an earlier state: forget what came after its position."
	httpx.RegisterRaw(api, op, "text/event-stream", s.getStream)
	huma.Register(api, httpx.Operation("event.get", http.MethodGet, "/api/v1/events/{id}", "Get an event, with what happened around it", tag), s.getOne)
	count := httpx.Operation("event.statistics", http.MethodGet, "/api/v1/events/statistics", "Count events by hour and type", tag)
	count.Description = "Of the last 24 hours unless from and to say otherwise; 31 days at most."
	huma.Register(api, count, s.getStatistics)
	actors := httpx.Operation("event.actors", http.MethodGet, "/api/v1/events/actors", "Count events by who caused them", tag)
	actors.Description = "The 50 who caused the most, the most first. Of the last 24 hours unless from and to say otherwise; 31 days at most."
	huma.Register(api, actors, s.getActors)
	export := httpx.InGroup(httpx.RateAdmin, httpx.Operation("event.export", http.MethodGet, "/api/v1/events/export", "Export events as CSV or JSON", tag))
	export.Description = "Oldest first, for managers of projects, owners and admins of organizations, and operators. " +
		"An export ends after limit events: go on with the last position as after. One that breaks off is cut, never wrongly closed."
	httpx.RegisterRaw(api, export, "text/csv, application/json", s.getExport)
	huma.Register(api, httpx.Operation("event.types", http.MethodGet, "/api/v1/events/types", "List the types of events", tag), s.getTypes)
	huma.Register(api, httpx.Operation("event.type", http.MethodGet, "/api/v1/events/types/{type}", "Get the JSON Schema of a type of event, with an example", tag), s.getType)
}

// ChoiceInput is exported because the edge sees no parameters in embedded structs that are not.
type ChoiceInput struct {
	ProjectID   ident.ID  `query:"project_id" doc:"Only of this project."`
	Type        []string  `query:"type,explode" maxItems:"50" doc:"Only of these types." example:"execution.completed.v1"`
	Subject     string    `query:"subject" maxLength:"128" doc:"Only about this thing: a kind and an id." example:"execution/018f9c2e-0000-7000-8000-000000000000"`
	Kind        string    `query:"kind" maxLength:"64" doc:"Only about things of this kind." example:"execution"`
	Actor       ident.ID  `query:"actor_id" doc:"Only what this user, service account or node caused."`
	Correlation string    `query:"correlation_id" maxLength:"128" doc:"Only what this request led to."`
	From        time.Time `query:"from" doc:"Only what happened at this time or later."`
	To          time.Time `query:"to" doc:"Only what happened before."`
	All         bool      `query:"all" doc:"Operators: also of projects and organizations that they do not belong to."`
}

func (in ChoiceInput) choice() Choice {
	return Choice{
		ProjectID: in.ProjectID, Types: in.Type, Subject: in.Subject, All: in.All,
		Kind: in.Kind, ActorID: in.Actor, Correlation: in.Correlation, From: in.From, To: in.To,
	}
}

type listInput struct {
	ChoiceInput
	httpx.Paging
}

type listCursor struct {
	Before int64 `json:"b"`
}

func (s *Slice) getList(ctx context.Context, in *listInput) (*httpx.List[CloudEvent], error) {
	choice := in.choice()
	var cursor listCursor
	if err := httpx.DecodeCursor(in.Cursor, &cursor); err != nil {
		return nil, err
	}
	choice.Before, choice.Limit = cursor.Before, in.Limit+1
	events, err := s.list(ctx, choice)
	if err != nil {
		return nil, err
	}
	return httpx.Paged(events, in.Limit, func(last eventlog.Event) any { return listCursor{last.Position} }, cloudEvent)
}

type streamInput struct {
	ChoiceInput
	Header string `header:"Last-Event-ID" maxLength:"20" doc:"The id of the last event that the client has."`
	Query  string `query:"last_event_id" maxLength:"20" doc:"The same, for a first connection; the header wins."`
}

func (s *Slice) getStream(ctx context.Context, in *streamInput) (httpx.Serve, error) {
	last := int64(-1)
	if id := cmp.Or(in.Header, in.Query); id != "" {
		var err error
		if last, err = strconv.ParseInt(id, 10, 64); err != nil || last < 0 {
			return nil, fault.New(fault.Invalid, "event.bad_position", "The last event id is a position in the log: a number.").At("header.Last-Event-ID", "not a position")
		}
	}
	choice := in.choice()
	filter, err := s.follow(ctx, choice)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		f := &follower{Slice: s, choice: choice, request: r, credential: httpx.CredentialOf(r), actor: command.RequestFrom(ctx).Actor, filter: filter}
		frames := stream.Produce(r.Context(), func(ctx context.Context, send func(stream.Frame) error) error {
			if err := f.start(ctx, last, send); err != nil {
				return err
			}
			return f.run(ctx, send)
		})
		_ = stream.ServeSSE(w, r, frames, s.cfg.SSE) // why it ended is told to the client, who resumes
	}, nil
}

type typesOutput struct {
	Body struct {
		Items []EventTypeSummary `json:"items" doc:"All types, sorted by name."`
	}
}

func (s *Slice) getTypes(ctx context.Context, _ *struct{}) (*typesOutput, error) {
	all, err := s.types(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	out := &typesOutput{}
	out.Body.Items = all
	return out, nil
}

type typeInput struct {
	Type string `path:"type" maxLength:"128" example:"execution.completed.v1"`
}

type typeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         EventType
}

func (s *Slice) getType(ctx context.Context, in *typeInput) (*typeOutput, error) {
	t, err := s.typ(ctx, in.Type)
	if err != nil {
		return nil, err
	}
	return &typeOutput{CacheControl: "private, max-age=300", Body: t}, nil
}

// EventDetails is an event and what happened around it.
type EventDetails struct {
	Event    CloudEvent   `json:"event"`
	Timeline []CloudEvent `json:"timeline" doc:"What happened to the same thing, oldest first; 100 at most."`
	Related  []CloudEvent `json:"related" doc:"What the same request led to elsewhere, oldest first; 50 at most."`
}

func (s *Slice) getOne(ctx context.Context, in *struct {
	ID ident.ID `path:"id"`
},
) (*struct{ Body EventDetails }, error) {
	d, err := s.get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body EventDetails }{EventDetails{Event: cloudEvent(d.Event), Timeline: httpx.Each(d.Timeline, cloudEvent), Related: httpx.Each(d.Related, cloudEvent)}}, nil
}

// EventCount is how many events of a type happened in one hour.
type EventCount struct {
	Hour   time.Time `json:"hour" doc:"Its beginning, UTC."`
	Type   string    `json:"type"`
	Events int64     `json:"events"`
}

func (s *Slice) getStatistics(ctx context.Context, in *ChoiceInput) (*httpx.List[EventCount], error) {
	counts, err := s.count(ctx, in.choice())
	if err != nil {
		return nil, err
	}
	return httpx.Listed(counts, func(c eventlog.Count) EventCount { return EventCount(c) }), nil
}

// EventActor is how many events somebody or something caused.
type EventActor struct {
	ActorKind string   `json:"actor_kind" enum:"user,service_account,agent,system,anonymous"`
	ActorID   ident.ID `json:"actor_id,omitzero" doc:"Absent of what Stoa did by itself."`
	ActorName string   `json:"actor_name,omitempty" doc:"What a user or service account is called today; absent when they are gone."`
	Events    int64    `json:"events"`
}

func (s *Slice) getActors(ctx context.Context, in *ChoiceInput) (*httpx.List[EventActor], error) {
	found, err := s.actors(ctx, in.choice())
	if err != nil {
		return nil, err
	}
	return httpx.Listed(found.counts, func(c eventlog.ActorCount) EventActor {
		return EventActor{ActorKind: c.ActorKind, ActorID: c.ActorID, ActorName: found.names[c.ActorID], Events: c.Events}
	}), nil
}
