package limit

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Slice is the bound commands and queries, and the reader that other slices use.
type Slice struct {
	Set    command.Func[Set, Value]
	Clear  command.Func[Clear, struct{}]
	List   command.Func[List, []Effective]
	Member command.Func[OfMember, []Effective]
	Reader *Reader

	catalogue *Catalogue
	places    Places
	operator  permission.Role
	counts    map[string]Count
}

// New binds the slice. operator is the platform role that may set what is OperatorOnly.
func New(r *command.Runner, catalogue *Catalogue, places Places, operator permission.Role) *Slice {
	s := &Slice{
		Reader:    NewReader(catalogue, places, r.Clock, r.Log),
		catalogue: catalogue, places: places, operator: operator,
	}
	s.Set = command.Bind(r, command.Spec[Set]{Name: "limit.set", Scope: func(ctx context.Context, tx *command.Tx, in Set) (command.Scope, error) {
		return s.scope(ctx, tx, in.Target)
	}}, s.set)
	s.Clear = command.Bind(r, command.Spec[Clear]{Name: "limit.clear", Scope: func(ctx context.Context, tx *command.Tx, in Clear) (command.Scope, error) {
		return s.scope(ctx, tx, in.Target)
	}}, s.clear)
	s.List = command.BindQuery(r, command.QuerySpec[List]{Name: "limit.list", Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in List) (command.Scope, error) {
		return s.listScope(ctx, q, actor, in)
	}}, s.list)
	s.Member = command.BindQuery(r, command.QuerySpec[OfMember]{Name: "limit.member", Scope: func(ctx context.Context, q pg.Querier, _ command.Actor, in OfMember) (command.Scope, error) {
		place, err := s.places.Locate(ctx, q, Organization, in.Organization)
		return command.Scope{Organization: place.Organization}, err
	}}, s.ofMember)
	return s
}
