package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Handler is the whole chain in front of the mux.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	x := &exchange{ResponseWriter: w, server: s}
	x.request.Actor.Kind = command.Anonymous
	x.request.RemoteAddress, x.secure = s.client(r)
	x.request.CorrelationID = s.correlationID(r)

	ctx := command.WithRequest(context.WithValue(r.Context(), exchangeKey{}, x), &x.request)
	var span trace.Span
	if s.cfg.Tracer != nil {
		ctx, span = s.startSpan(ctx, r)
	}
	x.inner = r.WithContext(ctx)
	s.setHeaders(w.Header(), x)
	defer s.finish(x, started, span)

	if problem := s.admit(x); problem != nil {
		s.writeProblem(x, x.inner, problem)
		return
	}
	s.mux.ServeHTTP(x, x.inner)
}

// admit checks what needs no operation: size, origin and the idempotency key's shape.
func (s *Server) admit(x *exchange) *ProblemDetails {
	r := x.inner
	streamed := s.routes().streamed[r.Method+" "+r.URL.Path]
	if r.ContentLength > s.cfg.MaxBody && !streamed {
		return tooLarge(s.cfg.MaxBody)
	}
	if r.Body != nil && r.Body != http.NoBody && !streamed {
		r.Body = http.MaxBytesReader(x.ResponseWriter, r.Body, s.cfg.MaxBody)
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if err := s.checkOrigin(r); err != nil {
		return newProblem(err)
	}
	key, err := parseIdempotencyKey(r.Header.Get("Idempotency-Key"))
	if err != nil {
		problem := newProblem(err)
		problem.Status, problem.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
		return problem
	}
	x.request.IdempotencyKey = key
	return nil
}

func (s *Server) checkOrigin(r *http.Request) error {
	// A token is never sent by a browser on its own, so only other callers can be forged.
	if r.Header.Get("Authorization") != "" || s.origin.Check(r) == nil {
		return nil
	}
	return fault.New(fault.Denied, "cross_origin",
		"A page of another origin sent this request. Use an API token, or have the operator add the origin to the trusted ones.")
}

// finish runs whatever happened: it answers a panic, ends the span and measures.
func (s *Server) finish(x *exchange, started time.Time, span trace.Span) {
	if v := recover(); v != nil {
		s.answerPanic(x, v, span)
	}
	if x.status == 0 {
		x.status = http.StatusOK // net/http writes it when the handler returns
	}
	took := time.Since(started)
	route := routeOf(x.inner.Pattern)
	if s.cfg.Observe != nil {
		s.cfg.Observe(x.inner.Method, route, x.status, took)
	}
	if span != nil {
		endSpan(span, x, route)
	}
	if ctx := x.inner.Context(); s.cfg.Log.Enabled(ctx, slog.LevelDebug) {
		s.cfg.Log.LogAttrs(ctx, slog.LevelDebug, "request",
			slog.String("method", x.inner.Method), slog.String("route", route), slog.Int("status", x.status),
			slog.Duration("took", took), slog.String("correlation_id", x.request.CorrelationID))
	}
}

// answerPanic turns a panic into a 500, or cuts the connection when part of an
// answer is already out: half of one must not look whole.
func (s *Server) answerPanic(x *exchange, v any, span trace.Span) {
	if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel that net/http compares too
		abort(span)
	}
	s.cfg.Log.ErrorContext(x.inner.Context(), "panic in a request", "panic", fmt.Sprint(v), "method", x.inner.Method,
		"route", routeOf(x.inner.Pattern), "correlation_id", x.request.CorrelationID, "stack", string(debug.Stack()))
	if x.status != 0 {
		abort(span)
	}
	s.writeProblem(x, x.inner, newProblem(fault.Of(errors.New("panic")))) // its text is logged above
}

func abort(span trace.Span) {
	if span != nil {
		span.End()
	}
	panic(http.ErrAbortHandler)
}

// routeOf is the mux's pattern without the method; unmatched requests share one
// word, so that a scanner cannot make metrics without bound.
func routeOf(pattern string) string {
	if pattern == "" {
		return "unmatched"
	}
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return pattern
}

func (s *Server) startSpan(ctx context.Context, r *http.Request) (context.Context, trace.Span) {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	return s.cfg.Tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", r.Method), attribute.String("url.path", r.URL.Path)))
}

// endSpan names the span by its route and closes it (OTel semantic conventions for HTTP servers).
func endSpan(span trace.Span, x *exchange, route string) {
	span.SetName(x.inner.Method + " " + route)
	span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", x.status),
		attribute.String("stoa.correlation_id", x.request.CorrelationID))
	if x.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
