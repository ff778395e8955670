package limit

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// Slice is the bound commands and queries, and the reader that other slices use.
type Slice struct {
	Set    command.Func[Set, Value]
	Clear  command.Func[Clear, struct{}]
	List   command.Func[List, []Effective]
	Member command.Func[OfMember, []Effective]
	Reader *Reader

	Rates       command.Func[ListRates, []Rate]
	MemberRates command.Func[RatesOfMember, []Rate]
	ResetRates  command.Func[ResetRates, struct{}]

	limiter   ratelimit.Limiter
	catalogue *Catalogue
	places    Places
	operator  permission.Role
	counts    map[string]Count
}

// New binds the slice. operator is the platform role that may set what is OperatorOnly; limiter
// is the one that counts requests.
func New(r *command.Runner, catalogue *Catalogue, places Places, operator permission.Role, limiter ratelimit.Limiter) *Slice {
	s := &Slice{
		Reader:    NewReader(catalogue, places, r.Clock, r.Log),
		catalogue: catalogue, places: places, operator: operator, limiter: limiter,
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
	inside := func(ctx context.Context, q pg.Querier, organization ident.ID) (command.Scope, error) {
		place, err := s.places.Locate(ctx, q, Organization, organization)
		return command.Scope{Organization: place.Organization}, err
	}
	s.Member = command.BindQuery(r, command.QuerySpec[OfMember]{Name: "limit.member", Scope: func(ctx context.Context, q pg.Querier, _ command.Actor, in OfMember) (command.Scope, error) {
		return inside(ctx, q, in.Organization)
	}}, s.ofMember)
	s.Rates = command.BindQuery(r, command.QuerySpec[ListRates]{Name: "rate.list", Scope: func(context.Context, pg.Querier, command.Actor, ListRates) (command.Scope, error) {
		return command.Scope{}, nil
	}}, s.listRates)
	s.MemberRates = command.BindQuery(r, command.QuerySpec[RatesOfMember]{Name: "rate.member", Scope: func(ctx context.Context, q pg.Querier, _ command.Actor, in RatesOfMember) (command.Scope, error) {
		return inside(ctx, q, in.Organization)
	}}, s.ratesOfMember)
	s.ResetRates = command.Bind(r, command.Spec[ResetRates]{Name: "rate.reset", Scope: command.NoScope[ResetRates]}, s.resetRates)
	return s
}
