package telemetry

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The buckets that OpenTelemetry advises for HTTP servers, in seconds, and finer
// ones below, because a command here takes about a millisecond.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func (t *Telemetry) measure(service string) {
	t.http = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_server_request_duration_seconds", Help: "Time from request to answer, by route.", Buckets: buckets,
	}, []string{"http_request_method", "http_route", "http_response_status_code"})
	t.commands = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "command_duration_seconds", Help: "Time that commands and queries took, by name and outcome.", Buckets: buckets,
	}, []string{"name", "outcome"})
	build := ReadBuild()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "stoa_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"service": service, "version": build.Version, "revision": build.Revision, "goversion": build.Go},
	})
	info.Set(1)
	t.Registry = prometheus.NewRegistry()
	t.Registry.MustRegister(t.http, t.commands, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// ObserveHTTP records one request; it is httpx.Config.Observe. route is a pattern, never a path.
func (t *Telemetry) ObserveHTTP(method, route string, status int, took time.Duration) {
	t.http.WithLabelValues(boundedMethod(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

// ObserveCommand records one command or query; it is command.Runner.Observe.
func (t *Telemetry) ObserveCommand(name, outcome string, took time.Duration) {
	t.commands.WithLabelValues(name, outcome).Observe(took.Seconds())
}

// Metrics serves the registry in the Prometheus format.
func (t *Telemetry) Metrics() http.Handler {
	return promhttp.HandlerFor(t.Registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(t.Log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
	})
}

// boundedMethod keeps callers from making time series (OTel: _OTHER).
func boundedMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "_OTHER"
}
