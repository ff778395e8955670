package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// handler adds to each record the ids of the request that its context belongs to.
type handler struct{ slog.Handler }

// NewHandler wraps inner so that records carry correlation_id, trace_id and span_id.
func NewHandler(inner slog.Handler) slog.Handler { return handler{inner} }

const correlationKey = "correlation_id"

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	id := command.RequestFrom(ctx).CorrelationID
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == correlationKey { // said already: JSON has no room for two
			id = ""
		}
		return id != ""
	})
	span := trace.SpanContextFromContext(ctx)
	if id == "" && !span.IsValid() {
		return h.Handler.Handle(ctx, r)
	}
	r = r.Clone()
	if id != "" {
		r.AddAttrs(slog.String(correlationKey, id))
	}
	if span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
