package boot

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// observeExecutions counts what this process ends.
func (p *Program) observeExecutions() func(execution.Execution) {
	ended := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_executions_ended_total", Help: "Executions whose end this process committed, by status and reason.",
	}, []string{"status", "reason"})
	waited := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "stoa_execution_wait_seconds", Help: "Time from submit until the node that ran it was given it.",
		Buckets: []float64{.001, .01, .1, .5, 1, 5, 10, 30, 60, 300, 900, 3600},
	})
	took := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "stoa_execution_wall_seconds", Help: "Time on the clock that programs ran.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
	})
	p.watch.Registry.MustRegister(ended, waited, took)
	known := execution.Reasons()
	return func(e execution.Execution) {
		reason := e.ReasonCode
		if reason != "" && !slices.Contains(known, reason) {
			reason = "other" // an agent's word; it makes no time series
		}
		ended.WithLabelValues(string(e.Status), reason).Inc()
		if e.ScheduledAt != nil {
			waited.Observe(e.ScheduledAt.Sub(e.CreatedAt).Seconds())
		}
		if e.UsedWallUS != nil {
			took.Observe(float64(*e.UsedWallUS) / 1e6)
		}
	}
}

// observeRefusals counts requests that this process refused since their caller's rate was used up.
func (p *Program) observeRefusals() func(group string) {
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_rate_limited_total", Help: "Requests that this process refused since the caller's rate was used up, by group of operations.",
	}, []string{"group"})
	p.watch.Registry.MustRegister(refused)
	return func(group string) { refused.WithLabelValues(group).Inc() }
}

// countUnwritten counts what the audit trail leaves out.
func (p *Program) countUnwritten() {
	unwritten := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_audit_unwritten_total", Help: "Refusals of callers who are nobody that the audit trail leaves out, since one like it is there already.",
	}, []string{"command"})
	p.watch.Registry.MustRegister(unwritten)
	p.runner.Unwritten = func(name string) { unwritten.WithLabelValues(name).Inc() }
}

// capacity reads the queue and the nodes when it is scraped: between scrapes it costs nothing.
type capacity struct {
	db                                   *pg.DB
	standing                             func(context.Context) (execution.QueueStats, error)
	queued, oldest, active, nodes, slots *prometheus.Desc
}

// scrapeWithin bounds the queries of one scrape.
const scrapeWithin = 2 * time.Second

func newCapacity(db *pg.DB, standing func(context.Context) (execution.QueueStats, error)) *capacity {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("stoa_"+name, help, labels, nil)
	}
	return &capacity{
		db: db, standing: standing,
		queued: desc("executions_queued", "Executions that wait for a node.", "priority"),
		oldest: desc("executions_queued_oldest_seconds", "How long the first of them has waited."),
		active: desc("executions_active", "Executions that are scheduled or running."),
		nodes:  desc("nodes", "Nodes that are not retired.", "status"),
		slots:  desc("node_slots", "Programs that the nodes which take work may run at once."),
	}
}

// Describe implements prometheus.Collector.
func (c *capacity) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.queued, c.oldest, c.active, c.nodes, c.slots} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *capacity) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWithin)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if queue, err := c.standing(ctx); err != nil {
		to <- prometheus.NewInvalidMetric(c.queued, err)
	} else {
		for _, p := range []execution.Priority{execution.Critical, execution.High, execution.Normal, execution.Low, execution.Background} {
			gauge(c.queued, float64(queue.ByPriority[p]), p.String())
		}
		oldest := 0.0
		if queue.Oldest != nil {
			oldest = max(time.Since(*queue.Oldest).Seconds(), 0)
		}
		gauge(c.oldest, oldest)
		gauge(c.active, float64(queue.Active))
	}
	type row struct {
		Status string `db:"status"`
		Nodes  int    `db:"nodes"`
		Slots  int    `db:"slots"`
	}
	rows, err := pg.All[row](ctx, c.db, `
SELECT status, count(*) AS nodes, coalesce(sum(slots_total) FILTER (WHERE NOT cordoned), 0) AS slots
FROM node WHERE status <> 'retired' GROUP BY status`)
	if err != nil {
		to <- prometheus.NewInvalidMetric(c.nodes, err)
		return
	}
	count, slots := map[string]int{"enrolling": 0, "ready": 0, "draining": 0, "offline": 0}, 0
	for _, r := range rows {
		count[r.Status] = r.Nodes
		if r.Status == "ready" {
			slots = r.Slots
		}
	}
	for status, n := range count {
		gauge(c.nodes, float64(n), status)
	}
	gauge(c.slots, float64(slots))
}
