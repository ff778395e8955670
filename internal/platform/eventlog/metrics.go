package eventlog

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Metrics counts what consumers do, and reads the log's state when it is scraped:
// between scrapes it costs nothing. A nil Metrics counts nothing.
type Metrics struct {
	db                                     *pg.DB
	events                                 *prometheus.CounterVec
	head, backlog, oldest, lag, set, level *prometheus.Desc
}

// scrapeWithin bounds the queries of one scrape.
const scrapeWithin = 2 * time.Second

// NewMetrics registers the log's metrics.
func NewMetrics(db *pg.DB, registry prometheus.Registerer) *Metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("stoa_eventlog_"+name, help, labels, nil)
	}
	m := &Metrics{
		db: db,
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stoa_eventlog_consumed_total", Help: "Events that this process's consumers handled, failed on, or gave up.",
		}, []string{"consumer", "outcome"}),
		head:    desc("head", "The last position that was given out."),
		backlog: desc("unsequenced", "Committed events that have no position yet."),
		oldest:  desc("unsequenced_oldest_seconds", "How long the first of them has waited."),
		lag:     desc("consumer_lag", "Positions between a consumer and the head.", "consumer"),
		set:     desc("deliveries", "Events that a consumer could not handle at once.", "consumer", "status"),
		level:   desc("dead_letters_level", "How bad the number of open dead letters is: 0 ok, 1 warning, 2 critical."),
	}
	registry.MustRegister(m.events, m)
	return m
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.head, m.backlog, m.oldest, m.lag, m.set, m.level} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWithin)
	defer cancel()
	h, err := ReadHealth(ctx, m.db)
	if err != nil {
		c <- prometheus.NewInvalidMetric(m.head, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(m.head, float64(h.Head))
	gauge(m.backlog, float64(h.Unsequenced))
	gauge(m.oldest, h.OldestSeconds)
	gauge(m.level, map[Level]float64{LevelWarning: 1, LevelCritical: 2}[h.DeadLetters])
	for _, s := range h.Consumers {
		gauge(m.lag, float64(s.Lag), s.Name)
		gauge(m.set, float64(s.Waiting), s.Name, string(Waiting))
		gauge(m.set, float64(s.Retrying), s.Name, string(Retrying))
		gauge(m.set, float64(s.Dead), s.Name, string(Dead))
	}
}

func (m *Metrics) handled(consumer string, n int) {
	if m != nil {
		m.events.WithLabelValues(consumer, "handled").Add(float64(n))
	}
}

func (m *Metrics) failed(consumer string, dead bool) {
	if m == nil {
		return
	}
	m.events.WithLabelValues(consumer, "failed").Inc()
	if dead {
		m.events.WithLabelValues(consumer, "dead").Inc()
	}
}
