package file

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Projects finds the project that a caller means.
type Projects interface {
	ForWork(ctx context.Context, q pg.Querier, actor command.Actor, requested ident.ID) (command.Scope, error)
	ForReading(ctx context.Context, q pg.Querier, actor command.Actor, requested ident.ID) (command.Scope, error)
}

// Allowed is a limit as it applies to somebody.
type Allowed interface {
	Int() int64
	Refuse(code, format string, args ...any) error
}

// Limits reads limits and settings by name; a zero user is nobody in particular.
type Limits interface {
	Int(ctx context.Context, q pg.Querier, name string, user ident.ID, scope command.Scope) (Allowed, error)
}

// Slice is everything that can be done with uploads.
type Slice struct {
	Delete command.Func[Delete, struct{}]
	List   command.Func[List, Page]
	Get    command.Func[Get, File]
	Read   command.Func[Get, Content]

	Received command.Func[Received, int64]

	upload command.Func[Upload, Uploading]
	begin  command.Func[begin, begun]
	expire command.Func[expire, struct{}]

	runner   *command.Runner
	projects Projects
	limits   Limits
}

// New binds the slice's commands and queries.
func New(r *command.Runner, projects Projects, limits Limits) *Slice {
	s := &Slice{runner: r, projects: projects, limits: limits}
	s.upload = command.Bind(r, command.Spec[Upload]{Name: "file.upload", Scope: func(ctx context.Context, tx *command.Tx, c Upload) (command.Scope, error) {
		return projects.ForWork(ctx, tx, tx.Actor, c.ProjectID)
	}}, s.uploadFile)
	s.begin = command.Bind(r, command.Spec[begin]{Name: "file.begin", Scope: func(ctx context.Context, tx *command.Tx, c begin) (command.Scope, error) {
		return projects.ForWork(ctx, tx, tx.Actor, c.ProjectID)
	}}, s.beginUpload)
	s.Delete = command.Bind(r, command.Spec[Delete]{Name: "file.delete", Scope: on(func(c Delete) ident.ID { return c.ID })}, s.deleteFile)
	s.expire = command.Bind(r, command.Spec[expire]{Name: "file.expire", Scope: on(func(c expire) ident.ID { return c.ID })}, s.expireFile)
	s.List = command.BindQuery(r, command.QuerySpec[List]{Name: "file.list", Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in List) (command.Scope, error) {
		return projects.ForReading(ctx, q, actor, in.ProjectID)
	}}, s.list)
	s.Get = command.BindQuery(r, command.QuerySpec[Get]{Name: "file.get", Scope: seen}, s.get)
	s.Read = command.BindQuery(r, command.QuerySpec[Get]{Name: "file.content", Scope: seen}, s.read)
	s.Received = command.BindQuery(r, command.QuerySpec[Received]{Name: "file.received", Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in Received) (command.Scope, error) {
		return projects.ForReading(ctx, q, actor, in.ProjectID)
	}}, s.received)
	return s
}

// on finds the scope of the file that a command addresses.
func on[C any](id func(C) ident.ID) func(context.Context, *command.Tx, C) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, c C) (command.Scope, error) {
		found, err := find(ctx, tx, id(c))
		return found.scope(), err
	}
}

func seen(ctx context.Context, q pg.Querier, _ command.Actor, in Get) (command.Scope, error) {
	found, err := find(ctx, q, in.ID)
	return found.scope(), err
}
