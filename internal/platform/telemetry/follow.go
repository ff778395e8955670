package telemetry

import (
	"fmt"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Configured is the level that the process was started with.
const Configured = "configured"

// Follow sets from which level on something is logged (Configured, debug, info, warn or
// error), and which share of the traces that begin here is exported, in percent. It may be
// called at any time.
func (t *Telemetry) Follow(level string, percent int64) error {
	wanted := t.configured
	if level != Configured {
		if err := wanted.UnmarshalText([]byte(level)); err != nil {
			return fmt.Errorf("read log level: %w", err)
		}
	}
	if t.Level.Level() != wanted {
		t.Level.Set(wanted)
		t.Log.Info("another log level", "level", wanted)
	}
	t.share.Store(percent)
	return nil
}

// share samples so many percent of the traces, by their ids: all replicas choose the same.
type share struct{ atomic.Int64 }

// ShouldSample implements sdktrace.Sampler.
func (s *share) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return sdktrace.TraceIDRatioBased(float64(s.Load()) / 100).ShouldSample(p)
}

// Description implements sdktrace.Sampler.
func (s *share) Description() string { return "share" }
