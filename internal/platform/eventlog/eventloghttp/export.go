package eventloghttp

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// operates tells whether the caller looks after the whole installation.
func (s *Slice) operates(a command.Actor) bool {
	return a.Kind == command.System || a.OnlyProject.IsZero() && slices.Contains(a.Platform, s.cfg.Operator)
}

// exportable is filter for those who answer for what they take away: less than what
// they see, where they are but members.
func (s *Slice) exportable(actor command.Actor, in Choice) (eventlog.Filter, error) {
	f, err := s.filter(actor, in)
	if err != nil || f.Scope == nil {
		return f, err
	}
	f.Scope.Projects = nil
	for id, m := range actor.Projects {
		if slices.Contains(s.cfg.Manage, m.Role) {
			f.Scope.Projects = append(f.Scope.Projects, id)
		}
	}
	f.Scope.Organizations = f.Scope.Whole
	asked, member := actor.Projects[f.ProjectID]
	only := member && !slices.Contains(s.cfg.Manage, asked.Role) && !slices.Contains(f.Scope.Whole, asked.Organization)
	if only || len(f.Scope.Projects)+len(f.Scope.Whole) == 0 {
		return f, fault.New(fault.Denied, "event.export_denied", "Events are exported by managers of projects, by owners and admins of organizations, and by operators.")
	}
	return f, nil
}

type exportInput struct {
	ChoiceInput
	Format string `query:"format" enum:"csv,json" default:"json"`
	After  int64  `query:"after" minimum:"0" doc:"Begin after this position of the log."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100000" default:"10000" doc:"At most so many events."`
}

func (s *Slice) getExport(ctx context.Context, in *exportInput) (httpx.Serve, error) {
	choice := in.choice()
	choice.After, choice.Limit = in.After, in.Limit
	begun, err := s.export(ctx, choice)
	if err != nil {
		return nil, err
	}
	return httpx.Export[eventlog.Event]{
		Name: "events",
		Titles: []string{
			"position", "id", "time", "type", "subject", "version", "organization", "project", "actor_kind", "actor", "correlation", "causation", "data",
		},
		Cells: func(e eventlog.Event) []any {
			return []any{
				e.Position, e.ID, e.Time, e.Type, e.Subject(), e.Version,
				e.OrganizationID, e.ProjectID, e.ActorKind, e.ActorID, e.CorrelationID, e.CausationID, string(e.Data),
			}
		},
		JSON: func(e eventlog.Event) any { return e },
		Next: func(ctx context.Context, last eventlog.Event, most int) ([]eventlog.Event, error) {
			events, _, err := eventlog.Read(ctx, s.db, last.Position, most, begun.filter)
			return events, err
		},
	}.File(in.Format, begun.events, in.Limit), nil
}

// taken is the beginning of an export.
type taken struct {
	filter eventlog.Filter
	events []eventlog.Event
}

func (s *Slice) take(ctx context.Context, q command.Query, in Choice) (t taken, err error) {
	if t.filter, err = s.exportable(q.Actor, in); err == nil {
		t.events, _, err = eventlog.Read(ctx, q, in.After, min(in.Limit, httpx.ExportPage), t.filter)
	}
	return t, err
}
