package file

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

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
	projects command.Projects
	limits   command.Limits
}

// New binds the slice's commands and queries.
func New(r *command.Runner, projects command.Projects, limits command.Limits) *Slice {
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
