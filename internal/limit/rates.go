package limit

import (
	"context"
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

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
	who := Subject{User: actor.ID, Project: actor.OnlyProject}
	if who.Project.IsZero() {
		who.Project = actor.DefaultProject
	}
	who.Organization = actor.Projects[who.Project].Organization
	if r.number(ctx, "rate.bypass", who) == 1 {
		return ratelimit.Policy{}, false
	}
	requests := r.number(ctx, "rate."+group, who) * r.number(ctx, "rate.multiplier_percent", who) / 100
	if actor.ID.IsZero() {
		requests = requests * r.number(ctx, "rate.anonymous_percent", who) / 100
	}
	requests = max(requests, 1)
	return ratelimit.Policy{
		Name: group, Requests: requests, Window: time.Minute,
		Burst: max(requests*r.number(ctx, "rate."+group+".burst_percent", who)/100, 1),
	}, true
}

func (r *Rates) number(ctx context.Context, name string, who Subject) int64 {
	v, err := r.reader.Effective(ctx, r.db, name, who)
	if err == nil {
		return v.Number
	}
	r.log.WarnContext(ctx, "rate setting could not be read; its default applies", "name", name, "error", err)
	d, _ := r.reader.catalogue.Definition(name)
	return d.Default
}
