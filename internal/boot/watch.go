package boot

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// watchEvery is how soon a process logs as the settings say.
const watchEvery = 5 * time.Second

// followSettings has this process log and trace as the settings say, until ctx ends.
func (p *Program) followSettings(ctx context.Context) {
	follow := func() {
		level, err := p.limits.Reader.Effective(ctx, p.infra.db, "telemetry.log_level", limit.Subject{})
		var share limit.Value
		if err == nil {
			share, err = p.limits.Reader.Effective(ctx, p.infra.db, "telemetry.traces_percent", limit.Subject{})
		}
		if err == nil {
			err = p.watch.Follow(level.Text(), share.Int())
		}
		if err != nil && ctx.Err() == nil {
			p.log.Warn("cannot follow the settings of logs and traces", "error", err)
		}
	}
	follow()
	lifecycle.Every(ctx, watchEvery, nil, follow)
}

// sinkGauges tells how sinks fare when it is scraped: between scrapes it costs nothing.
type sinkGauges struct {
	db         *pg.DB
	sinks, lag *prometheus.Desc
}

func newSinkGauges(db *pg.DB) sinkGauges {
	return sinkGauges{
		db:    db,
		sinks: prometheus.NewDesc("stoa_sinks", "Systems that get events, by state.", []string{"state"}, nil),
		lag: prometheus.NewDesc("stoa_sink_lag", "Positions between the log's head and the sink of this state that is furthest behind.",
			[]string{"state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (g sinkGauges) Describe(c chan<- *prometheus.Desc) {
	c <- g.sinks
	c <- g.lag
}

// sinksWithin bounds the query of one scrape.
const sinksWithin = 2 * time.Second

// Collect implements prometheus.Collector.
func (g sinkGauges) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), sinksWithin)
	defer cancel()
	all, err := eventplane.ReadSinks(ctx, g.db)
	if err != nil {
		c <- prometheus.NewInvalidMetric(g.sinks, err)
		return
	}
	for _, s := range all {
		c <- prometheus.MustNewConstMetric(g.sinks, prometheus.GaugeValue, float64(s.Sinks), s.State)
		c <- prometheus.MustNewConstMetric(g.lag, prometheus.GaugeValue, float64(s.Lag), s.State)
	}
}
