package script

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Slice is everything that can be done with scripts.
type Slice struct {
	Create   command.Func[Create, Script]
	Save     command.Func[Save, Script]
	Update   command.Func[Update, Script]
	Delete   command.Func[Delete, struct{}]
	List     command.Func[List, Page]
	Get      command.Func[Ref, Details]
	Versions command.Func[ListVersions, []Revision]

	projects command.Projects
	limits   command.Limits
}

// New binds the slice's commands and queries.
func New(r *command.Runner, projects command.Projects, limits command.Limits) *Slice {
	s := &Slice{projects: projects, limits: limits}
	s.Create = command.Bind(r, command.Spec[Create]{Name: "script.create", Scope: func(ctx context.Context, tx *command.Tx, c Create) (command.Scope, error) {
		return projects.ForWork(ctx, tx, tx.Actor, c.ProjectID)
	}}, s.create)
	s.Save = command.Bind(r, command.Spec[Save]{Name: "script.save", Scope: on(s, func(c Save) ident.ID { return c.ID })}, s.save)
	s.Update = command.Bind(r, command.Spec[Update]{Name: "script.update", Scope: on(s, func(c Update) ident.ID { return c.ID })}, s.update)
	s.Delete = command.Bind(r, command.Spec[Delete]{Name: "script.delete", Scope: on(s, func(c Delete) ident.ID { return c.ID })}, s.remove)
	s.List = command.BindQuery(r, command.QuerySpec[List]{Name: "script.list", Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in List) (command.Scope, error) {
		return projects.ForReading(ctx, q, actor, in.ProjectID)
	}}, s.list)
	s.Get = command.BindQuery(r, command.QuerySpec[Ref]{Name: "script.get", Scope: s.seen}, s.get)
	s.Versions = command.BindQuery(r, command.QuerySpec[ListVersions]{Name: "script.versions", Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in ListVersions) (command.Scope, error) {
		return s.seen(ctx, q, actor, in.Ref)
	}}, s.versions)
	return s
}

// on finds the scope of the script that a command addresses, which must be one that the caller sees.
func on[C any](s *Slice, id func(C) ident.ID) func(context.Context, *command.Tx, C) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, c C) (command.Scope, error) {
		return s.seen(ctx, tx, tx.Actor, Ref{Script: id(c).String()})
	}
}

func (s *Slice) seen(ctx context.Context, q pg.Querier, actor command.Actor, ref Ref) (command.Scope, error) {
	found, _, err := s.find(ctx, q, actor, ref)
	return scopeOf(found), err
}
