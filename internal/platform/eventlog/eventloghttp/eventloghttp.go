// Package eventloghttp is the log as people and programs read it: a list, one
// multiplexed stream, and the catalogue of types. Everybody sees the events of
// the projects and organizations that they belong to; operators may see all.
package eventloghttp

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

// Config is what the log's HTTP side needs.
type Config struct {
	Tail          *eventlog.Tail
	Catalogue     *eventlog.Catalogue
	Authenticator httpx.Authenticator // asked again while a stream lasts

	// The business's words, which the platform does not know.
	Operator permission.Role   // may ask for everything
	Whole    []permission.Role // organization roles that see all of its projects
	Manage   []permission.Role // project roles that may export its events
	Access   []string          // event types that may change what somebody sees
	// Names are what people and service accounts are called today; who is gone has none.
	Names func(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]string, error)

	Recheck time.Duration // how often a stream's caller is authenticated again; default 30 s
	SSE     stream.SSE
}

// Slice is the log's queries, bound.
type Slice struct {
	cfg     Config
	db      *pg.DB
	callers callers
	list    command.Func[Choice, []eventlog.Event]
	get     command.Func[ident.ID, Details]
	count   command.Func[Choice, []eventlog.Count]
	actors  command.Func[Choice, causes]
	export  command.Func[Choice, taken]
	follow  command.Func[Choice, eventlog.Filter]
	types   command.Func[struct{}, []EventTypeSummary]
	typ     command.Func[string, EventType]
}

const recheck = 30 * time.Second

// New binds the queries about events and their types.
func New(r *command.Runner, cfg Config) (*Slice, error) {
	if cfg.Recheck == 0 {
		cfg.Recheck = recheck
	}
	described, err := Describe(cfg.Catalogue)
	if err != nil {
		return nil, err
	}
	s := &Slice{cfg: cfg, db: r.DB}
	s.get = command.BindQuery(r, command.QuerySpec[ident.ID]{Name: "event.get", Scope: anywhere[ident.ID]}, s.details)
	s.count = command.BindQuery(r, command.QuerySpec[Choice]{Name: "event.statistics", Scope: anywhere[Choice]}, s.statistics)
	s.actors = command.BindQuery(r, command.QuerySpec[Choice]{Name: "event.actors", Scope: anywhere[Choice]}, s.whoCaused)
	s.export = command.BindQuery(r, command.QuerySpec[Choice]{Name: "event.export", Scope: anywhere[Choice]}, s.take)
	s.list = command.BindQuery(r, command.QuerySpec[Choice]{Name: "event.list", Scope: anywhere[Choice]},
		func(ctx context.Context, q command.Query, in Choice) ([]eventlog.Event, error) {
			filter, err := s.filter(q.Actor, in)
			if err != nil {
				return nil, err
			}
			return eventlog.ReadBefore(ctx, q, in.Before, in.Limit, filter)
		})
	s.follow = command.BindQuery(r, command.QuerySpec[Choice]{Name: "event.stream", Scope: anywhere[Choice]},
		func(_ context.Context, q command.Query, in Choice) (eventlog.Filter, error) {
			return s.filter(q.Actor, in)
		})
	s.types = command.BindQuery(r, command.QuerySpec[struct{}]{Name: "event.types", Scope: anywhere[struct{}]},
		func(context.Context, command.Query, struct{}) (all []EventTypeSummary, err error) {
			for _, name := range cfg.Catalogue.Types() {
				all = append(all, summary(described[name]))
			}
			return all, nil
		})
	s.typ = command.BindQuery(r, command.QuerySpec[string]{Name: "event.type", Scope: anywhere[string]},
		func(_ context.Context, _ command.Query, name string) (EventType, error) {
			if t, known := described[name]; known {
				return EventType{EventTypeSummary: summary(t), Retention: "forever", Schema: t.Schema, Example: t.Example}, nil
			}
			return EventType{}, fault.New(fault.NotFound, "event.unknown_type", "There is no event type %q.", name)
		})
	return s, nil
}

// anywhere is the scope of queries that show what is visible and nothing else.
func anywhere[Q any](context.Context, pg.Querier, command.Actor, Q) (command.Scope, error) {
	return command.Scope{}, nil
}

// Choice says which events somebody wants.
type Choice struct {
	ProjectID   ident.ID
	Types       []string
	Subject     string // "execution/<id>"
	Kind        string // "execution"
	ActorID     ident.ID
	Correlation string
	From, To    time.Time
	All         bool  // operators: of everybody
	Before      int64 // list: the position before which to read
	After       int64 // export: the position after which to read
	Limit       int
}

// filter narrows a choice to what the caller may see.
func (s *Slice) filter(actor command.Actor, in Choice) (eventlog.Filter, error) {
	f := eventlog.Filter{
		Types: in.Types, ProjectID: in.ProjectID, Scope: &eventlog.Scope{Self: actor.ID},
		AggregateKind: in.Kind, ActorID: in.ActorID, CorrelationID: in.Correlation, From: in.From, To: in.To,
	}
	if in.Subject != "" {
		_, text, _ := strings.Cut(in.Subject, "/")
		id, err := ident.Parse(text)
		if err != nil {
			return f, fault.New(fault.Invalid, "event.bad_subject", "A subject is a kind and an id, like execution/<id>.").At("query.subject", "not a kind and an id")
		}
		f.AggregateID = id
	}
	if !actor.OnlyProject.IsZero() {
		if !in.ProjectID.IsZero() && in.ProjectID != actor.OnlyProject {
			return f, fault.New(fault.Denied, "token_scope", "This token is bound to another project.")
		}
		f.ProjectID = actor.OnlyProject
	}
	if in.All {
		if actor.Kind != command.System && (!slices.Contains(actor.Platform, s.cfg.Operator) || !actor.OnlyProject.IsZero()) {
			return f, fault.New(fault.Denied, "denied", "Only operators may see the events of everybody. Leave “all” out.")
		}
		f.Scope = nil
		return f, nil
	}
	for id := range actor.Projects {
		f.Scope.Projects = append(f.Scope.Projects, id)
	}
	for id, role := range actor.Organizations {
		f.Scope.Organizations = append(f.Scope.Organizations, id)
		if slices.Contains(s.cfg.Whole, role) {
			f.Scope.Whole = append(f.Scope.Whole, id)
		}
	}
	return f, nil
}
