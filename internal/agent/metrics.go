package agent

import (
	"github.com/prometheus/client_golang/prometheus"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
)

// Metrics counts what the agent did.
type Metrics struct {
	ended *prometheus.CounterVec
	cpu   prometheus.Counter

	connections, refused prometheus.Counter
	bytes                *prometheus.CounterVec
	files                *prometheus.CounterVec
}

// NewMetrics registers the agent's metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stoa_agent_executions_total", Help: "Executions that ended on this node, by outcome and isolation class.",
		}, []string{"outcome", "class"}),
		cpu: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "stoa_agent_execution_cpu_seconds_total", Help: "CPU time of executions that ended on this node.",
		}),
	}
	m.connections = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "stoa_agent_egress_connections_total", Help: "Connections of executions that ended on this node.",
	})
	m.refused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "stoa_agent_egress_refused_total", Help: "Connections and names that executions were refused.",
	})
	m.bytes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_agent_egress_bytes_total", Help: "Bytes that executions sent (out) and received (in).",
	}, []string{"direction"})
	m.files = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_agent_files_total", Help: "Uploaded files that executions took by name, by where this node had them from.",
	}, []string{"from"})
	r.MustRegister(m.ended, m.cpu, m.connections, m.refused, m.bytes, m.files)
	return m
}

func (a *Agent) observe(r *agentv1.Result) {
	if a.cfg.Metrics == nil {
		return
	}
	a.cfg.Metrics.ended.WithLabelValues(r.GetOutcome(), r.GetClass()).Inc()
	a.cfg.Metrics.cpu.Add(float64(r.GetUsage().GetCpuUs()) / 1e6)
	if e := r.GetEgress(); e != nil {
		refused := e.GetRefusedMore()
		for _, x := range e.GetRefused() {
			refused += x.GetCount()
		}
		a.cfg.Metrics.connections.Add(float64(e.GetConnections()))
		a.cfg.Metrics.refused.Add(float64(refused))
		a.cfg.Metrics.bytes.WithLabelValues("out").Add(float64(e.GetBytesOut()))
		a.cfg.Metrics.bytes.WithLabelValues("in").Add(float64(e.GetBytesIn()))
	}
}

var (
	slotsDesc     = prometheus.NewDesc("stoa_agent_slots", "Programs that may run here at once; none if this host cannot isolate them.", nil, nil)
	runningDesc   = prometheus.NewDesc("stoa_agent_running", "Executions that run here now.", nil, nil)
	unackedDesc   = prometheus.NewDesc("stoa_agent_unacked", "Results that the control plane has not stored yet.", nil, nil)
	connectedDesc = prometheus.NewDesc("stoa_agent_connected", "1 while there is a session with the control plane.", nil, nil)
)

// Describe implements prometheus.Collector.
func (a *Agent) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{slotsDesc, runningDesc, unackedDesc, connectedDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector: what the agent has at hand now.
func (a *Agent) Collect(to chan<- prometheus.Metric) {
	running, unacked := a.table.counts()
	connected := 0
	if a.connected.Load() {
		connected = 1
	}
	for d, n := range map[*prometheus.Desc]int{slotsDesc: a.cfg.Slots, runningDesc: running, unackedDesc: unacked, connectedDesc: connected} {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
}
