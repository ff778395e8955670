package limit

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// List asks for everything that applies to the caller, in a project or in none.
type List struct {
	Project ident.ID
	User    ident.ID // operators: to this user instead
}

// Effective is a definition, what applies of it, and what the scopes around the caller set.
type Effective struct {
	Definition
	Value Value
	Set   []SetValue // innermost first
	Used  *int64     // now; nil where nobody counts
}

// SetValue is a value with the id that events and the audit trail know it by.
type SetValue struct {
	Value
	ID    ident.ID
	SetAt time.Time
}

// listScope finds the project; whoever has no part in it is told that nothing is there.
func (s *Slice) listScope(ctx context.Context, q pg.Querier, actor command.Actor, in List) (command.Scope, error) {
	if in.Project.IsZero() {
		return command.Scope{}, nil
	}
	place, err := s.places.Locate(ctx, q, Project, in.Project)
	if err != nil {
		return command.Scope{}, err
	}
	scope := command.Scope{Organization: place.Organization, Project: in.Project}
	if len(actor.RolesIn(scope)) <= len(actor.RolesIn(command.Scope{})) && len(actor.Platform) == 0 {
		return scope, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
	}
	return scope, nil
}

func (s *Slice) list(ctx context.Context, q command.Query, in List) ([]Effective, error) {
	who := Subject{User: q.Actor.ID, Project: in.Project}
	if !in.User.IsZero() && in.User != q.Actor.ID {
		if q.Actor.Kind != command.System && (!slices.Contains(q.Actor.Platform, s.operator) || !q.Actor.OnlyProject.IsZero()) {
			return nil, fault.New(fault.Denied, "denied", "Only operators may see what applies to others.")
		}
		who.User = in.User
	}
	if !in.Project.IsZero() {
		place, err := s.places.Locate(ctx, q, Project, in.Project)
		if err != nil {
			return nil, err
		}
		who.Organization, who.Units = place.Organization, place.Units
	}
	all, err := s.effective(ctx, q, who)
	if err != nil {
		return nil, err
	}
	return s.withUsage(ctx, q, who, all)
}

// effective is every definition with what applies of it to who.
func (s *Slice) effective(ctx context.Context, q pg.Querier, who Subject) ([]Effective, error) {
	kept, err := s.Reader.current(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make([]Effective, 0, len(s.catalogue.names))
	for _, name := range s.catalogue.names {
		d := s.catalogue.byName[name]
		e := Effective{Definition: d, Value: d.resolve(kept.byName[name], who)}
		for _, place := range who.chain() {
			if v, ok := kept.byName[name][place]; ok {
				e.Set = append(e.Set, SetValue{d.valueOf(v), v.ID, v.SetAt})
			}
		}
		all = append(all, e)
	}
	return all, nil
}
