package agent

import (
	"github.com/prometheus/client_golang/prometheus"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
)

// Metrics counts what the agent did.
type Metrics struct {
	ended *prometheus.CounterVec
	cpu   prometheus.Counter
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
	r.MustRegister(m.ended, m.cpu)
	return m
}

func (a *Agent) observe(r *agentv1.Result) {
	if a.cfg.Metrics == nil {
		return
	}
	a.cfg.Metrics.ended.WithLabelValues(r.GetOutcome(), r.GetClass()).Inc()
	a.cfg.Metrics.cpu.Add(float64(r.GetUsage().GetCpuUs()) / 1e6)
}
