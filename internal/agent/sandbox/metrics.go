package sandbox

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// starts counts jobs by what was ready when they came.
type starts struct {
	ready, forked, fresh atomic.Int64
}

var (
	startsDesc = prometheus.NewDesc("stoa_agent_sandbox_starts_total",
		"Programs by what was ready for them: a process in its sandbox (ready), an interpreter to fork (forked), nothing (fresh).", []string{"how"}, nil)
	parkedDesc = prometheus.NewDesc("stoa_agent_sandbox_parked",
		"What waits ready now: empty sandboxes (cell), warmed interpreters (interpreter), processes in their sandbox (process).", []string{"what"}, nil)
	warmDesc = prometheus.NewDesc("stoa_agent_sandbox_warm_bytes", "About what the warmed interpreters and processes take of this host's memory.", nil, nil)
)

// Describe implements prometheus.Collector.
func (d *Driver) Describe(to chan<- *prometheus.Desc) {
	to <- startsDesc
	to <- parkedDesc
	to <- warmDesc
}

// Collect implements prometheus.Collector.
func (d *Driver) Collect(to chan<- prometheus.Metric) {
	for how, n := range map[string]*atomic.Int64{"ready": &d.starts.ready, "forked": &d.starts.forked, "fresh": &d.starts.fresh} {
		to <- prometheus.MustNewConstMetric(startsDesc, prometheus.CounterValue, float64(n.Load()), how)
	}
	cells, interpreters, processes, bytes := d.parked()
	for what, n := range map[string]int{"cell": cells, "interpreter": interpreters, "process": processes} {
		to <- prometheus.MustNewConstMetric(parkedDesc, prometheus.GaugeValue, float64(n), what)
	}
	to <- prometheus.MustNewConstMetric(warmDesc, prometheus.GaugeValue, float64(bytes))
}

// parked counts what is ready ahead, and about what it takes.
func (d *Driver) parked() (cells, interpreters, processes int, bytes int64) {
	d.mu.Lock()
	w := d.current
	d.mu.Unlock()
	if w == nil {
		return 0, 0, 0, 0
	}
	w.warmer.mu.Lock()
	defer w.warmer.mu.Unlock()
	for _, h := range w.warmer.warm {
		if h.zygote != nil {
			interpreters++
		}
		processes += len(h.parked)
		bytes += h.bytes()
	}
	return len(w.pool.parked), interpreters, processes, bytes
}
