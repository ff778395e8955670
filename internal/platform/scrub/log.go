package scrub

import (
	"context"
	"encoding/json"
	"log/slog"
)

// handler masks in the message and in every attribute.
type handler struct{ inner slog.Handler }

// NewHandler wraps the handler that writes.
func NewHandler(inner slog.Handler) slog.Handler { return handler{inner} }

func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.inner.Enabled(ctx, level)
}

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(attribute(a))
		return true
	})
	return h.inner.Handle(ctx, clean)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = attribute(a)
	}
	return handler{h.inner.WithAttrs(clean)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.inner.WithGroup(name)} }

func attribute(a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindString && a.Value.String() != "" && isSecretName(a.Key) {
		return slog.String(a.Key, Mask)
	}
	return slog.Attr{Key: Text(a.Key), Value: logged(a.Value)}
}

func logged(v slog.Value) slog.Value {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.StringValue(Text(v.String()))
	case slog.KindGroup:
		group := v.Group()
		clean := make([]slog.Attr, len(group))
		for i, a := range group {
			clean[i] = attribute(a)
		}
		return slog.GroupValue(clean...)
	case slog.KindAny:
		return anything(v)
	}
	return v
}

// anything is an error, or a value that the log writes as JSON. What has nothing to
// mask stays the value that it was.
func anything(v slog.Value) slog.Value {
	if err, ok := v.Any().(error); ok {
		return slog.StringValue(Text(err.Error()))
	}
	document, err := json.Marshal(v.Any())
	if err != nil {
		return slog.StringValue(Text(v.String()))
	}
	if clean, found := JSON(document); found {
		return slog.AnyValue(json.RawMessage(clean))
	}
	return v
}
