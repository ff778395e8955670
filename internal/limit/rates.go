package limit

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// rateGroups are the groups of operations that have a rate, as httpx has them.
func rateGroups() []string { return []string{"execute", "api", "admin", "auth", "stream"} }

// RateRule is what makes the rate of a group for somebody, and who set it.
type RateRule struct {
	Requests   Value // in each window, before Multiplier
	Burst      Value // percent of the requests
	Multiplier Value // percent
	Bypass     Value // 1 lifts the rate

	anonymous int64 // percent; 100 of who is signed in
}

// policy is the rate; false means unlimited.
func (r RateRule) policy(group string) (ratelimit.Policy, bool) {
	if r.Bypass.Number == 1 {
		return ratelimit.Policy{}, false
	}
	requests := max(r.Requests.Number*r.Multiplier.Number/100*r.anonymous/100, 1)
	whose := r.whose()
	return ratelimit.Policy{
		Name: group, Requests: requests, Window: time.Minute, Burst: max(requests*r.Burst.Number/100, 1),
		Scope: string(whose.Scope), Owner: whose.Owner,
	}, true
}

// whose is the one that is set nearer to the caller, of what makes the number of requests.
func (r RateRule) whose() Value {
	if slices.Index(Scopes(), r.Multiplier.Scope) > slices.Index(Scopes(), r.Requests.Scope) {
		return r.Multiplier
	}
	return r.Requests
}

// Rates makes request rates of the settings rate.*: httpx.Rates.
type Rates struct {
	reader *Reader
	db     pg.Querier
	log    *slog.Logger
}

// NewRates makes rates that read through reader.
func NewRates(reader *Reader, db pg.Querier, log *slog.Logger) *Rates {
	return &Rates{reader: reader, db: db, log: log}
}

// Rate is the rate of a group of operations for a caller; false means unlimited.
// If settings cannot be read, the defaults apply: a rate is not worth an outage.
func (r *Rates) Rate(ctx context.Context, group string, actor command.Actor) (ratelimit.Policy, bool) {
	policy, limited := r.reader.rateRule(group, callerOf(actor), func(name string, who Subject) Value {
		return r.value(ctx, name, who)
	}).policy(group)
	policy.Epoch = r.reader.resetOf(ctx, r.db, actor.ID).Version
	return policy, limited
}

// callerOf is whose settings a request's rate follows.
func callerOf(actor command.Actor) Subject {
	who := Subject{User: actor.ID, Project: actor.OnlyProject}
	if who.Project.IsZero() {
		who.Project = actor.DefaultProject
	}
	who.Organization = actor.Projects[who.Project].Organization
	return who
}

// rateRule puts the settings of a group together, as read gives them.
func (r *Reader) rateRule(group string, who Subject, read func(name string, who Subject) Value) RateRule {
	rule := RateRule{
		Requests: read("rate."+group, who), Burst: read("rate."+group+".burst_percent", who),
		Multiplier: read("rate.multiplier_percent", who), Bypass: read("rate.bypass", who), anonymous: 100,
	}
	if who.User.IsZero() {
		rule.anonymous = read("rate.anonymous_percent", who).Number
	}
	return rule
}

func (r *Rates) value(ctx context.Context, name string, who Subject) Value {
	v, err := r.reader.Effective(ctx, r.db, name, who)
	if err == nil {
		return v
	}
	r.log.WarnContext(ctx, "rate setting could not be read; its default applies", "name", name, "error", err)
	d, _ := r.reader.catalogue.Definition(name)
	return d.fallback()
}
