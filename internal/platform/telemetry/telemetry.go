// Package telemetry is how Stoa is watched: JSON logs that carry the trace and
// correlation id of the request they belong to, Prometheus metrics under
// OpenTelemetry's names, and traces by OTLP/HTTP when an endpoint is configured.
// Names and ids go in, bodies and secrets never do.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/stoa-cloud/stoa/internal/platform/scrub"
)

// Config says what to watch and where it goes.
type Config struct {
	Service      string    // "stoad"
	Instance     string    // this replica
	Output       io.Writer // of the log
	Level        slog.Level
	OTLPEndpoint string // "http://collector:4318"; empty: no traces
}

// Telemetry is the watching of one process.
type Telemetry struct {
	Log      *slog.Logger
	Level    *slog.LevelVar
	Registry *prometheus.Registry
	Tracer   trace.Tracer // does nothing unless an endpoint is configured

	http     *prometheus.HistogramVec
	commands *prometheus.HistogramVec
	close    func(context.Context) error

	configured slog.Level
	share      share
}

// New starts it. An endpoint that does not answer is no error: traces are then dropped.
func New(ctx context.Context, cfg Config) (*Telemetry, error) {
	t := &Telemetry{Level: &slog.LevelVar{}, configured: cfg.Level, close: func(context.Context) error { return nil }}
	t.Level.Set(cfg.Level)
	t.share.Store(100)
	t.Log = slog.New(NewHandler(scrub.NewHandler(slog.NewJSONHandler(cfg.Output, &slog.HandlerOptions{Level: t.Level}))))
	t.Tracer = noop.NewTracerProvider().Tracer(cfg.Service)
	t.measure(cfg.Service)
	if cfg.OTLPEndpoint == "" {
		return t, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.OTLPEndpoint))
	if err != nil {
		return nil, fmt.Errorf("export traces to %s: %w", cfg.OTLPEndpoint, err)
	}
	build := ReadBuild()
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithSampler(sdktrace.ParentBased(&t.share)), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", cfg.Service), attribute.String("service.version", build.Version),
		attribute.String("service.instance.id", cfg.Instance))))
	t.Tracer = provider.Tracer("github.com/stoa-cloud/stoa")
	t.close = provider.Shutdown
	return t, nil
}

// Close sends what is still buffered, until ctx ends.
func (t *Telemetry) Close(ctx context.Context) error {
	if err := t.close(ctx); err != nil {
		return fmt.Errorf("flush traces: %w", err)
	}
	return nil
}
