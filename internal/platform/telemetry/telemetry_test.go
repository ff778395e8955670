package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

func start(t testing.TB, cfg Config) *Telemetry {
	t.Helper()
	cfg.Service = "stoad"
	if cfg.Output == nil {
		cfg.Output = io.Discard
	}
	tel, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return tel
}

func TestLogsCarryTheirRequest(t *testing.T) {
	var out bytes.Buffer
	tel := start(t, Config{Output: &out})
	ctx := command.WithRequest(t.Context(), &command.Request{CorrelationID: "c-1"})
	ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}}))

	tel.Log.With("module", "x").InfoContext(ctx, "first")
	tel.Log.InfoContext(ctx, "second", "correlation_id", "own")
	tel.Log.Info("third")

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatal(out.String())
	}
	var first map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first["correlation_id"] != "c-1" || first["trace_id"] != "01000000000000000000000000000000" || first["span_id"] != "0200000000000000" || first["module"] != "x" {
		t.Error(lines[0])
	}
	if strings.Count(lines[1], "correlation_id") != 1 || !strings.Contains(lines[1], "own") {
		t.Error(lines[1])
	}
	if strings.Contains(lines[2], "_id") {
		t.Error(lines[2])
	}
}

func TestLevelChangesWhileRunning(t *testing.T) {
	var out bytes.Buffer
	tel := start(t, Config{Output: &out, Level: slog.LevelWarn})
	tel.Log.Info("quiet")
	tel.Level.Set(slog.LevelDebug)
	tel.Log.Debug("loud")
	if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "loud") {
		t.Error(out.String())
	}
}

func TestMetricsAreServed(t *testing.T) {
	tel := start(t, Config{})
	tel.ObserveHTTP("GET", "/api/v1/things/{id}", 200, 3*time.Millisecond)
	tel.ObserveHTTP("BREW", "unmatched", 405, time.Millisecond)
	tel.ObserveCommand("thing.update", "ok", time.Millisecond)

	w := httptest.NewRecorder()
	tel.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="200",http_route="/api/v1/things/{id}",le="0.005"} 1`,
		`http_request_method="_OTHER"`, `command_duration_seconds_count{name="thing.update",outcome="ok"} 1`,
		`stoa_build_info{`, `go_goroutines`, `process_resident_memory_bytes`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestTracesGoOutOnlyWhenConfigured(t *testing.T) {
	tel := start(t, Config{})
	if _, off := tel.Tracer.(noop.Tracer); !off {
		t.Errorf("%T traces without an endpoint", tel.Tracer)
	}

	received := make(chan string, 16)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		b, _ := io.ReadAll(body)
		received <- r.URL.Path + " " + string(b)
	}))
	defer collector.Close()
	tel = start(t, Config{OTLPEndpoint: collector.URL + "/v1/traces", Instance: "one"})
	_, span := tel.Tracer.Start(t.Context(), "PUT /api/v1/things/{id}")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := tel.Close(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-received:
		if !strings.HasPrefix(got, "/v1/traces ") || !strings.Contains(got, "PUT /api/v1/things/{id}") || !strings.Contains(got, "stoad") {
			t.Errorf("collector got %q", got)
		}
	case <-ctx.Done():
		t.Fatal("the span never arrived")
	}
}

func BenchmarkObserveHTTP(b *testing.B) {
	tel := start(b, Config{})
	b.ReportAllocs()
	for b.Loop() {
		tel.ObserveHTTP("GET", "/api/v1/things/{id}", 200, time.Millisecond)
	}
}
