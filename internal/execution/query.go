package execution

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Get asks for one execution.
type Get struct {
	ID ident.ID
}

// List asks for a page of a project's executions, newest first.
type List struct {
	ProjectID ident.ID // zero: the caller's default
	Mine      bool
	Statuses  []Status
	Runtime   string
	Script    ident.ID  // zero: of any script, and of none
	Version   int       // of the script; zero: any
	From, To  time.Time // of submission; zero: any
	Before    ident.ID  // the last one of the page before
	Limit     int
}

// Page is one page of executions.
type Page struct {
	Items []Execution
	Next  ident.ID // zero on the last page
}

// Page sizes.
const (
	DefaultPage = 50
	MaxPage     = 200
)

// Validate checks the filters.
func (q List) Validate() error {
	for _, s := range q.Statuses {
		if !slices.Contains(Statuses, s) {
			return fault.New(fault.Invalid, "execution.invalid", "%q is not a status.", string(s)).At("query.status", "is not a status")
		}
	}
	return nil
}

func (s *Slice) bindQueries(r *command.Runner) {
	one := func(ctx context.Context, q pg.Querier, _ command.Actor, in Get) (command.Scope, error) {
		e, err := s.store.Get(ctx, q, in.ID)
		return e.scope(), command.NotFoundIfNoRows(err)
	}
	s.Get = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.get", Scope: one}, s.details)
	s.Watch = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.watch", Scope: one}, s.details)
	s.Steps = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.steps", Scope: one}, s.steps)
	s.Deliveries = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.deliveries", Scope: one}, s.listDeliveries)
	s.ReadOutput = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.output", Scope: one}, s.output)
	s.Artefacts = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.artefacts", Scope: one}, s.listArtefacts)
	s.ReadArtefact = command.BindQuery(r, command.QuerySpec[ReadArtefact]{
		Name: "execution.artefact",
		Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in ReadArtefact) (command.Scope, error) {
			return one(ctx, q, actor, Get{ID: in.ID})
		},
	}, s.readArtefact)
	s.ArtefactArchive = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.artefacts.archive", Scope: one}, s.archiveArtefacts)
	s.Attached = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.attached", Scope: one}, s.details)
	s.Recording = command.BindQuery(r, command.QuerySpec[Get]{Name: "execution.recording", Scope: one}, s.recording)
	s.List = command.BindQuery(r, command.QuerySpec[List]{
		Name: "execution.list",
		Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in List) (command.Scope, error) {
			return s.projects.ForReading(ctx, q, actor, in.ProjectID)
		},
	}, s.list)
	open := func(context.Context, pg.Querier, command.Actor, struct{}) (command.Scope, error) {
		return command.Scope{}, nil
	}
	s.Queue = command.BindQuery(r, command.QuerySpec[struct{}]{Name: "execution.queue", Scope: open},
		func(ctx context.Context, q command.Query, _ struct{}) (QueueStats, error) {
			return s.store.QueueStats(ctx, q)
		})
	s.Waiting = command.BindQuery(r, command.QuerySpec[Waiting]{
		Name: "execution.waiting",
		Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in Waiting) (command.Scope, error) {
			return s.overScope(ctx, q, actor, in.OrganizationID, in.ProjectID)
		},
	}, s.waiting)
	s.ListAll = command.BindQuery(r, command.QuerySpec[ListAll]{
		Name: "execution.list_all",
		Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in ListAll) (command.Scope, error) {
			return s.overScope(ctx, q, actor, in.OrganizationID, in.ProjectID)
		},
	}, s.listAll)
	s.Runtimes = command.BindQuery(r, command.QuerySpec[struct{}]{Name: "runtime.list", Scope: open},
		func(ctx context.Context, q command.Query, _ struct{}) ([]Runtime, error) {
			return s.catalogue.all(ctx, q, q.Now)
		})
	s.Examples = command.BindQuery(r, command.QuerySpec[ListExamples]{
		Name: "runtime.examples",
		Scope: func(context.Context, pg.Querier, command.Actor, ListExamples) (command.Scope, error) {
			return command.Scope{}, nil
		},
	}, s.listExamples)
	s.RuntimeNodes = command.BindQuery(r, command.QuerySpec[struct{}]{Name: "runtime.nodes", Scope: open},
		func(ctx context.Context, q command.Query, _ struct{}) ([]NodeImage, error) {
			return s.store.NodeImages(ctx, q)
		})
	s.InspectImage = command.BindQuery(r, command.QuerySpec[InspectImage]{
		Name: "runtime.inspect",
		Scope: func(context.Context, pg.Querier, command.Actor, InspectImage) (command.Scope, error) {
			return command.Scope{}, nil
		},
	}, s.inspectImage)
}

// Standing is the state of the queue for whoever measures it: numbers only, so nobody is asked who they are.
func (s *Slice) Standing(ctx context.Context) (QueueStats, error) {
	return s.store.QueueStats(ctx, s.runner.DB)
}

// details reads everything that belongs to an execution.
func (s *Slice) details(ctx context.Context, q command.Query, in Get) (Details, error) {
	e, out, err := s.store.GetEnded(ctx, q, in.ID)
	if err != nil {
		return Details{}, command.NotFoundIfNoRows(err)
	}
	d := Details{Execution: e, Output: out}
	input, err := s.inputOf(ctx, q, e)
	if err != nil {
		return Details{}, command.NotFoundIfNoRows(err)
	}
	d.Input = &input
	if input.Artefacts != nil && e.Status.Terminal() {
		if d.Artefacts, err = s.store.Artefacts(ctx, q, e.ID); err != nil {
			return Details{}, err
		}
	}
	if e.Interactive && !e.Status.Terminal() {
		if d.Attached, err = s.attachments(ctx, q, e.ID); err != nil {
			return Details{}, err
		}
	}
	if e.Status == Queued {
		var active int
		if d.Position, active, err = s.store.Position(ctx, q, e); err != nil {
			return Details{}, err
		}
		if d.Waiting, err = s.waits(ctx, q, e, active); err != nil {
			return Details{}, err
		}
	}
	return d, nil
}

// Read gives an execution and what it wrote to other slices that act for its owner,
// as one that calls back does. It asks for nobody's permission.
func (s *Slice) Read(ctx context.Context, q pg.Querier, id ident.ID) (Details, error) {
	e, out, err := s.store.GetEnded(ctx, q, id)
	if err != nil {
		return Details{}, fmt.Errorf("read execution: %w", err)
	}
	return Details{Execution: e, Output: out}, nil
}

func (s *Slice) output(ctx context.Context, q command.Query, in Get) (Output, error) {
	e, out, err := s.store.GetEnded(ctx, q, in.ID)
	if err != nil {
		return Output{}, command.NotFoundIfNoRows(err)
	}
	if out == nil {
		if e.Status.Terminal() {
			return Output{}, nil
		}
		return Output{}, fault.New(fault.Conflict, "execution.not_ended", "This execution is still %s; its output is stored when it ends. Follow it live at …/events.", e.Status)
	}
	return *out, nil
}

func (s *Slice) recording(ctx context.Context, q command.Query, in Get) ([]byte, error) {
	e, err := s.store.Get(ctx, q, in.ID)
	if err != nil {
		return nil, command.NotFoundIfNoRows(err)
	}
	recording, err := s.store.Recording(ctx, q, in.ID)
	switch {
	case err == nil:
		return recording, nil
	case fault.KindOf(command.NotFoundIfNoRows(err)) != fault.NotFound:
		return nil, err
	case e.Status.Terminal():
		return nil, fault.New(fault.NotFound, "execution.not_recorded", "There is no recording of this execution. Submit it with record.")
	}
	return nil, fault.New(fault.Conflict, "execution.not_ended", "This execution is still %s; its recording is stored when it ends.", e.Status)
}

func (s *Slice) list(ctx context.Context, q command.Query, in List) (Page, error) {
	limit := pageSize(in.Limit)
	f := Filter{Project: q.Scope.Project, Statuses: in.Statuses, Runtime: in.Runtime, Script: in.Script, Version: in.Version, Before: in.Before, Limit: limit + 1}
	if in.Mine {
		f.Owner = q.Actor.ID
	}
	items, err := s.store.List(ctx, q, f.Between(in.From, in.To))
	if err != nil {
		return Page{}, err
	}
	return pageOf(items, limit), nil
}
