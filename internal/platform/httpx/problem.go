package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/scrub"
)

// ProblemDetails is an error answer: application/problem+json, RFC 9457.
type ProblemDetails struct {
	Type          string        `json:"type" format:"uri-reference" doc:"Where this kind of problem is explained." example:"/docs/errors#not_found"`
	Title         string        `json:"title" doc:"The status in words." example:"Not Found"`
	Status        int           `json:"status" doc:"The HTTP status." example:"404"`
	Kind          string        `json:"kind" doc:"What sort of thing went wrong; decides whether trying again helps." enum:"internal,invalid,unauthenticated,denied,not_found,conflict,mismatch,limited,unavailable"`
	Code          string        `json:"code" doc:"The rule that refused, stable across versions." example:"not_found"`
	Detail        string        `json:"detail" doc:"What happened and what to do, for a person."`
	Instance      string        `json:"instance,omitempty" format:"uri-reference" doc:"The path that was asked for."`
	CorrelationID string        `json:"correlation_id,omitempty" doc:"Finds this request in logs, events and the audit trail."`
	Errors        []fault.Field `json:"errors,omitempty" doc:"Which values of the request are wrong."`
	Limit         *fault.Limit  `json:"limit,omitempty" doc:"The limit that was hit, its value, and whose it is."`

	retry time.Duration
	cause error
}

// statuses is the one map from kinds to HTTP; SDKs use its inverse.
var statuses = [...]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Mismatch:        http.StatusUnprocessableEntity,
	fault.Limited:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// Status is the HTTP status of a kind.
func Status(k fault.Kind) int { return statuses[k] }

// KindOf is the kind that a status means, for callers that were given nothing else.
// Mismatch shares 422 with Invalid; the problem's kind tells them apart.
func KindOf(status int) fault.Kind {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return fault.Limited
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout || status == http.StatusBadGateway:
		return fault.Unavailable
	}
	for _, k := range fault.Kinds() {
		if statuses[k] == status {
			return k
		}
	}
	if status >= 400 && status < 500 {
		return fault.Invalid
	}
	return fault.Internal
}

// Problem translates an error. Handlers may return their errors as they are
// instead; the edge does this for them.
func Problem(err error) huma.StatusError { return newProblem(err) }

func newProblem(err error) *ProblemDetails {
	f := fault.Of(err)
	if f.Kind == fault.Internal && errors.Is(err, context.Canceled) { // nobody's mistake: whoever asks again is answered
		f = fault.New(fault.Unavailable, "request_cancelled", "The request ended before its answer: this process is stopping, or the sender left. Try again.").After(time.Second).Because(err)
	}
	status := statuses[f.Kind]
	return &ProblemDetails{
		Type: "/docs/errors#" + f.Code, Title: http.StatusText(status), Status: status, Kind: f.Kind.String(),
		Code: f.Code, Detail: f.Message, Errors: f.Fields, Limit: f.Limit, retry: f.Retry, cause: err,
	}
}

// statusProblem is a problem that the HTTP layer itself found.
func statusProblem(status int, detail string, fields ...fault.Field) *ProblemDetails {
	code, text := "internal", fault.Of(errors.New("")).Message
	switch status {
	case http.StatusBadRequest:
		code, text = "malformed", "The request's body is not what its Content-Type says."
	case http.StatusNotFound:
		code, text = "not_found", "There is nothing at this path."
	case http.StatusMethodNotAllowed:
		code, text = "method_not_allowed", "This path does not know this method. The Allow header lists those it knows."
	case http.StatusRequestTimeout:
		code, text = "request_timeout", "The request's body did not arrive in time."
	case http.StatusUnsupportedMediaType:
		code, text = "unsupported_media_type", "Send the body as application/json."
	case http.StatusUnprocessableEntity:
		code, text = "invalid", "Some values of the request are wrong."
	}
	if detail != "" {
		text = detail
	}
	return &ProblemDetails{
		Type: "/docs/errors#" + code, Title: http.StatusText(status), Status: status, Kind: KindOf(status).String(),
		Code: code, Detail: text, Errors: fields,
	}
}

func tooLarge(limit int64) *ProblemDetails {
	p := newProblem(fault.New(fault.Limited, "request_too_large", "The request's body is larger than %d bytes.", limit).
		Over(fault.Limit{Name: "http.request.max_bytes", Value: limit, Unit: "bytes", Scope: "global"}))
	p.Status, p.Title = http.StatusRequestEntityTooLarge, http.StatusText(http.StatusRequestEntityTooLarge)
	return p
}

// details finds the problem in what carries it with members of its own.
func (p *ProblemDetails) details() *ProblemDetails { return p }

func (p *ProblemDetails) Error() string { return p.Code + ": " + p.Detail }

// Unwrap is the error that the problem was made of.
func (p *ProblemDetails) Unwrap() error { return p.cause }

// GetStatus implements huma.StatusError.
func (p *ProblemDetails) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *ProblemDetails) ContentType(string) string { return "application/problem+json" }

// setHeaders adds what clients act on without reading the body.
func (p *ProblemDetails) setHeaders(h func(name, value string)) {
	switch {
	case p.Status == http.StatusUnauthorized:
		h("WWW-Authenticate", `Bearer realm="stoa"`)
	case p.retry > 0 || p.Status == http.StatusServiceUnavailable:
		h("Retry-After", strconv.FormatInt(max(1, int64(math.Ceil(p.retry.Seconds()))), 10))
	}
	h("Cache-Control", "no-store")
}

// hook replaces Huma's process-wide error constructors, once.
var hook sync.Once

func hookProblems() {
	hook.Do(func() {
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
			return humaProblem(nil, status, message, errs)
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
			return humaProblem(ctx, status, message, errs)
		}
	})
}

// humaProblem translates what Huma found, and what handlers returned.
func humaProblem(ctx huma.Context, status int, message string, errs []error) *ProblemDetails {
	for _, err := range errs {
		if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge(large.Limit)
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge && ctx != nil:
		return tooLarge(ctx.Operation().MaxBodyBytes)
	case status == http.StatusInternalServerError && message == "cannot read request body":
		return statusProblem(http.StatusBadRequest, "The request's body ended early.")
	case status >= http.StatusInternalServerError && len(errs) > 0:
		return newProblem(errs[0]) // a handler's error
	}
	fields := make([]fault.Field, 0, len(errs))
	for _, err := range errs {
		if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			fields = append(fields, plain(fault.Field{Path: detail.Location, Message: detail.Message})) // never the value
		} else if err != nil {
			fields = append(fields, fault.Field{Message: err.Error()})
		}
	}
	if message == "validation failed" || message == "unexpected error occurred" {
		message = ""
	}
	return statusProblem(status, message, fields...)
}

// plain says in the API's words what encoding/json says in Go's: "json: cannot
// unmarshal number 1.5 into Go struct field T.limits.wall_ms of type int64".
func plain(f fault.Field) fault.Field {
	rest, ok := strings.CutPrefix(f.Message, "json: cannot unmarshal ")
	if !ok {
		return f
	}
	what, where, _ := strings.Cut(rest, " into Go ")
	if _, field, ok := strings.Cut(where, "struct field "); ok {
		field, _, _ = strings.Cut(field, " of type ")
		if _, path, ok := strings.Cut(field, "."); ok {
			f.Path += "." + path
		}
	}
	f.Message = "cannot be " + what
	return f
}

// completeProblem is a Huma transformer: it runs on every answer and gives
// problems what only the request knows.
func (s *Server) completeProblem(ctx huma.Context, _ string, v any) (any, error) {
	if carrier, ok := v.(interface{ details() *ProblemDetails }); ok {
		p := carrier.details()
		if x := exchangeOf(ctx.Context()); x != nil {
			s.complete(x, p, ctx.SetHeader)
		}
	}
	return v, nil
}

func (s *Server) complete(x *exchange, p *ProblemDetails, set func(name, value string)) {
	p.Instance, p.CorrelationID = scrub.Credentials(x.inner.URL.EscapedPath()), x.request.CorrelationID
	p.Detail = scrub.Credentials(p.Detail)
	for i := range p.Errors {
		p.Errors[i].Message = scrub.Credentials(p.Errors[i].Message)
	}
	p.setHeaders(set)
	if p.Status == http.StatusInternalServerError && p.cause != nil {
		level := slog.LevelError
		if x.inner.Context().Err() != nil { // the caller left: nobody is waiting for what failed
			level = slog.LevelDebug
		}
		s.cfg.Log.LogAttrs(x.inner.Context(), level, "request failed", slog.String("method", x.inner.Method),
			slog.String("route", routeOf(x.inner.Pattern)), slog.String("correlation_id", p.CorrelationID), slog.Any("error", p.cause))
	}
}

// writeProblem answers outside of Huma's operations.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, p *ProblemDetails) {
	if x := exchangeOf(r.Context()); x != nil {
		x.problem = true
		s.complete(x, p, w.Header().Set)
	}
	w.Header().Del("Content-Length")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	body, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("httpx: a problem does not survive JSON: %v", err))
	}
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}

// WriteProblem answers err on a route that is no operation.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	if x := exchangeOf(r.Context()); x != nil {
		x.server.writeProblem(w, r, newProblem(err))
		return
	}
	p := newProblem(err)
	http.Error(w, p.Detail, p.Status)
}
