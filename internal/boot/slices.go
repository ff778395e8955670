package boot

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/execution/executionpg"
	"github.com/stoa-cloud/stoa/internal/file"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/node/nodegrpc"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
	"github.com/stoa-cloud/stoa/internal/preference"
	"github.com/stoa-cloud/stoa/internal/script"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// sliceSet is every capability, bound to the runner and to each other's ports.
type sliceSet struct {
	tenancy     *tenancy.Slice
	identity    *identity.Slice
	lastUsed    *identity.LastUsed
	limits      *limit.Slice
	limiter     ratelimit.Limiter
	nodes       *node.Slice
	agents      *nodegrpc.Server
	executions  *execution.Slice
	scripts     *script.Slice
	files       *file.Slice
	preferences *preference.Slice
}

func (p *Program) bindSlices(authority *pki.Authority, incarnation int64) (err error) {
	r := p.runner
	p.tenancy = tenancy.New(r, identity.People{})
	catalogue, err := limit.NewCatalogue(limit.Defaults())
	if err != nil {
		return fmt.Errorf("define limits: %w", err)
	}
	p.limiter = ratelimit.NewInProcess(r.Clock)
	p.limits = limit.New(r, catalogue, places{}, tenancy.Operator, p.limiter)
	p.limits.Reader.Spread(p.infra.bus)
	if err := p.limits.Uses(usage()); err != nil {
		return err
	}
	p.identity = identity.New(r, policies{p.limits.Reader}, p.infra.keys, identity.NewHasher(identity.DefaultCost()), elsewhere(p.limits, p.letters()))
	p.lastUsed = identity.NewLastUsed(p.infra.db, p.log)
	p.nodes = node.New(r, authority, node.Config{Lease: p.config.NodeLease})

	p.agents, err = nodegrpc.New(nodegrpc.Config{
		Slice: p.nodes, Authority: authority, Replica: p.replica, Incarnation: incarnation, Clock: r.Clock, Log: p.log,
		Limiter: p.limiter, Rates: limit.NewRates(p.limits.Reader, p.infra.db, p.log),
	})
	if err != nil {
		return fmt.Errorf("make the agents' server: %w", err)
	}
	p.files = file.New(r, projects{}, limitsIn{p.limits.Reader})
	p.executions = execution.New(execution.Needs{
		Runner: r, Store: executionpg.Store{}, Limits: limits{p.limits.Reader}, Projects: projects{}, Names: names{}, Told: told{p}, Files: p.files, Nodes: execution.Tasks{Sessions: p.agents},
		Waker: p.hints, Live: execution.NewLive(p.infra.bus, p.log), Log: p.log, Keys: p.infra.keys,
		Observe: p.observeExecutions(),
	})
	p.watch.Registry.MustRegister(newCapacity(p.infra.db, p.executions.Standing))
	p.agents.Register(node.KindExecution, p.executions)
	p.preferences = preference.New(r)
	p.scripts = script.New(r, projects{}, limitsIn{p.limits.Reader})
	return nil
}

// projects adapts tenancy to what workloads need.
type projects struct{}

func (projects) ForWork(ctx context.Context, q pg.Querier, actor command.Actor, requested ident.ID) (command.Scope, error) {
	return tenancy.WorkScope(ctx, q, actor, requested)
}

func (projects) ForReading(ctx context.Context, q pg.Querier, actor command.Actor, requested ident.ID) (command.Scope, error) {
	id, err := tenancy.ResolveProject(ctx, q, actor, requested)
	if err != nil {
		return command.Scope{}, err
	}
	return tenancy.ScopeFor(ctx, q, actor, id)
}

// names adapts identity and tenancy to what lists over several projects show.
type names struct{}

func (names) Names(ctx context.Context, q pg.Querier, accounts, projects []ident.ID) (execution.Names, error) {
	owners, err := identity.People{}.Called(ctx, q, accounts)
	if err != nil {
		return nil, err
	}
	homes, err := tenancy.ProjectNames(ctx, q, projects)
	all := make(execution.Names, len(owners)+len(homes))
	for _, o := range owners {
		all[o.ID] = execution.Name{Text: o.Name, Kind: o.Kind}
	}
	for id, name := range homes {
		all[id] = execution.Name{Text: name}
	}
	return all, err
}

// limits adapts the limit reader to what executions need.
type limits struct{ reader *limit.Reader }

func (l limits) Int(ctx context.Context, q pg.Querier, name string, who execution.Subject) (execution.LimitValue, error) {
	return l.reader.Effective(ctx, q, name, limit.Subject{User: who.User, Project: who.Project, Organization: who.Organization})
}

// limitsIn adapts the limit reader to what most slices need.
type limitsIn struct{ reader *limit.Reader }

func (l limitsIn) Int(ctx context.Context, q pg.Querier, name string, user ident.ID, scope command.Scope) (command.Allowed, error) {
	return l.reader.Effective(ctx, q, name, limit.Subject{User: user, Project: scope.Project, Organization: scope.Organization})
}

// policies adapts the settings to what identity obeys.
type policies struct{ reader *limit.Reader }

func (p policies) Policy(ctx context.Context, q pg.Querier) (identity.Policy, error) {
	var err error
	value := func(name string) limit.Value {
		v, failed := p.reader.Effective(ctx, q, name, limit.Subject{})
		if failed != nil {
			err = failed
		}
		return v
	}
	policy := identity.Policy{
		Registration:      identity.Registration(value("identity.registration").Text()),
		PasswordMinLength: int(value("identity.password.min_length").Int()),
		LockoutFailures:   int(value("identity.lockout.failures").Int()),
		LockoutFor:        time.Duration(value("identity.lockout.minutes").Int()) * time.Minute,
		SessionFor:        time.Duration(value("identity.session.hours").Int()) * time.Hour,
		SecondFactor:      identity.SecondFactorRequired(value("identity.second_factor.required").Text()),
		Passkeys:          int(value("identity.passkeys.max").Int()),
	}
	return policy, err
}

// settings adapts the settings of the whole installation to who obeys them.
type settings struct{ reader *limit.Reader }

func (s settings) Int(ctx context.Context, q pg.Querier, name string) (int64, error) {
	v, err := s.reader.Effective(ctx, q, name, limit.Subject{})
	return v.Int(), err
}

// places adapts tenancy's and identity's tables to how limits' scopes nest.
type places struct{}

func (places) Locate(ctx context.Context, q pg.Querier, scope limit.Scope, id ident.ID) (limit.Place, error) {
	locate := map[limit.Scope]func(context.Context, pg.Querier, ident.ID) (tenancy.Location, error){
		limit.Organization: tenancy.LocateOrganization, limit.Unit: tenancy.LocateUnit, limit.Project: tenancy.LocateProject,
	}[scope]
	at, err := locate(ctx, q, id)
	return limit.Place{Organization: at.Organization, Units: at.Units, Project: at.Project}, err
}

func (places) Belongs(ctx context.Context, q pg.Querier, organization, user ident.ID) (bool, error) {
	return tenancy.Belongs(ctx, q, organization, user)
}

func (places) Home(ctx context.Context, q pg.Querier, account ident.ID) (ident.ID, error) {
	return identity.People{}.Home(ctx, q, account)
}
