// Package audithttp is the audit trail as people and programs read it: a list and
// an export. Operators may read all of it; owners and admins of organizations read
// what was done in theirs.
package audithttp

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Config is the business's words, which the platform does not know.
type Config struct {
	Operator permission.Role   // may ask for everything
	Whole    []permission.Role // organization roles that read what was done in it
	// Names are what people and service accounts are called today; who is gone has none.
	Names func(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]string, error)
}

// Slice is the trail's queries, bound.
type Slice struct {
	cfg    Config
	db     *pg.DB
	list   command.Func[Choice, page]
	export command.Func[Choice, taken]
}

// Choice says which records somebody wants.
type Choice struct {
	audit.Filter
	All    bool     // operators: of everybody
	Before ident.ID // list: the record before which to read
	After  ident.ID // export: the record after which to read
	Limit  int
}

type page struct {
	records []audit.Record
	names   map[ident.ID]string
}

// New binds the queries.
func New(r *command.Runner, cfg Config) *Slice {
	s := &Slice{cfg: cfg, db: r.DB}
	s.list = command.BindQuery(r, command.QuerySpec[Choice]{Name: "audit.list", Scope: anywhere}, s.read)
	s.export = command.BindQuery(r, command.QuerySpec[Choice]{Name: "audit.export", Scope: anywhere}, s.take)
	return s
}

// anywhere is the scope of queries that show what is visible and nothing else.
func anywhere(context.Context, pg.Querier, command.Actor, Choice) (command.Scope, error) {
	return command.Scope{}, nil
}

func (s *Slice) read(ctx context.Context, q command.Query, in Choice) (found page, err error) {
	f, err := s.visible(q.Actor, in)
	if err != nil {
		return found, err
	}
	if found.records, err = audit.ReadBefore(ctx, q, in.Before, in.Limit, f); err != nil {
		return found, err
	}
	var actors []ident.ID
	for _, r := range found.records {
		if !r.ActorID.IsZero() && !slices.Contains(actors, r.ActorID) {
			actors = append(actors, r.ActorID)
		}
	}
	found.names, err = s.cfg.Names(ctx, q, actors)
	return found, err
}

// visible narrows a choice to what the caller may see.
func (s *Slice) visible(actor command.Actor, in Choice) (audit.Filter, error) {
	f := in.Filter
	if !actor.OnlyProject.IsZero() {
		if !f.ProjectID.IsZero() && f.ProjectID != actor.OnlyProject {
			return f, fault.New(fault.Denied, "token_scope", "This token is bound to another project.")
		}
		f.ProjectID = actor.OnlyProject
	}
	if in.All {
		if actor.Kind != command.System && (!slices.Contains(actor.Platform, s.cfg.Operator) || !actor.OnlyProject.IsZero()) {
			return f, fault.New(fault.Denied, "denied", "Only operators may see what everybody did. Leave “all” out.")
		}
		return f, nil
	}
	f.Within = []ident.ID{}
	for id, role := range actor.Organizations {
		if slices.Contains(s.cfg.Whole, role) {
			f.Within = append(f.Within, id)
		}
	}
	if len(f.Within) == 0 || !f.OrganizationID.IsZero() && !slices.Contains(f.Within, f.OrganizationID) {
		return f, fault.New(fault.Denied, "audit.denied", "The audit trail of an organization is read by its owners and admins, and by operators.")
	}
	return f, nil
}
