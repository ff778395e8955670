package boot

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/judge0/judge0http"
)

// bindJudge0 makes what Judge0's API keeps beside executions, and what calls back.
func (p *Program) bindJudge0() {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_judge0_callback_attempts_total", Help: "Callbacks of Judge0's API that this process tried to make.",
	}, []string{"outcome"})
	p.watch.Registry.MustRegister(attempts)
	p.judge0 = judge0.New(judge0.Needs{
		Runner: p.runner, Executions: p.executions, Sender: judge0http.NewCaller(p.outbound), Keys: p.infra.keys, Limits: limits{p.limits.Reader}, Log: p.log,
		Observe: func(arrived bool) {
			attempts.WithLabelValues(map[bool]string{true: "arrived", false: "failed"}[arrived]).Inc()
		},
	})
}
