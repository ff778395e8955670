package httpx

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// authenticate puts the caller into the command.Request that the handler's context carries.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	x := exchangeOf(ctx.Context())
	if s.cfg.Authenticator != nil {
		r, _ := humago.Unwrap(ctx)
		if soon, _ := ctx.Operation().Metadata[metaSoon].(bool); soon {
			if p, ok := s.cfg.Authenticator.(Presumer); ok {
				if x.request.Actor, x.request.Presumed, ok = p.Presume(r); ok {
					next(ctx)
					return
				}
			}
		}
		actor, err := s.cfg.Authenticator.Authenticate(r.Context(), r)
		public, _ := ctx.Operation().Metadata[metaPublic].(bool)
		if err == nil && !public && actor.Kind == command.Anonymous {
			err = fault.New(fault.Unauthenticated, "unauthenticated", "Sign in, or send an API token as “Authorization: Bearer …”.")
		}
		switch {
		case err == nil:
			x.request.Actor = actor
		case public && fault.KindOf(err) == fault.Unauthenticated:
			// Signing in with a stale cookie must work.
		default:
			if s.takeRate(ctx, x) { // guessing counts against the address
				s.writeProblem(x, x.inner, newProblem(err))
			}
			return
		}
	}
	next(ctx)
}

// limitRate refuses callers that are too fast.
func (s *Server) limitRate(ctx huma.Context, next func(huma.Context)) {
	if s.takeRate(ctx, exchangeOf(ctx.Context())) {
		next(ctx)
	}
}

// takeRate takes the request out of its caller's rate, and answers it when there
// is nothing left. It fails open: a limiter or settings store that cannot decide
// must not become an outage.
func (s *Server) takeRate(ctx huma.Context, x *exchange) bool {
	group, _ := ctx.Operation().Metadata[metaRate].(string)
	if s.cfg.Limiter == nil || s.cfg.Rates == nil || group == RateNone {
		return true
	}
	policy, limited := s.cfg.Rates.Rate(ctx.Context(), group, x.request.Actor)
	if !limited {
		return true
	}
	decision, err := s.cfg.Limiter.Take(ctx.Context(), rateKey(group, &x.request), policy)
	if err != nil {
		s.cfg.Log.WarnContext(ctx.Context(), "rate limiter failed; letting the request pass", "group", group, "error", err)
		return true
	}
	setRateHeaders(x.Header(), policy, decision)
	if !decision.Allowed {
		if s.cfg.Limited != nil {
			s.cfg.Limited(group)
		}
		s.writeProblem(x, x.inner, newProblem(tooFast(policy, decision, x.request.Actor)))
	}
	return decision.Allowed
}

func tooFast(policy ratelimit.Policy, decision ratelimit.Decision, actor command.Actor) *fault.Error {
	limit := fault.Limit{Name: "rate." + policy.Name, Value: policy.Requests, Unit: "requests/" + policy.Window.String(), Scope: policy.Scope}
	set := ""
	switch {
	case actor.ID.IsZero():
		limit.Scope = "address"
	case !policy.Owner.IsZero():
		limit.Owner = policy.Owner.String()
		set = ", set for this " + policy.Scope
	}
	return fault.New(fault.Limited, "rate_limited", "Too many requests: %d per %d s are allowed here (rate.%s%s). Try again in %d s.",
		policy.Requests, seconds(policy.Window), policy.Name, set, seconds(decision.RetryAfter)).After(decision.RetryAfter).Over(limit)
}

// rateKey is whose rate is used: the person's, or the network's of an anonymous caller.
func rateKey(group string, req *command.Request) string {
	if !req.Actor.ID.IsZero() {
		return ratelimit.Key(group, req.Actor.ID)
	}
	return group + "/" + ratelimit.Network(req.RemoteAddress)
}

// setRateHeaders writes RateLimit and RateLimit-Policy as draft-ietf-httpapi-ratelimit-headers has them:
//
//	RateLimit-Policy: "execute";q=10;w=60
//	RateLimit: "execute";r=7;t=18
func setRateHeaders(h http.Header, p ratelimit.Policy, d ratelimit.Decision) {
	b := make([]byte, 0, 64)
	b = append(append(append(b, '"'), p.Name...), `";q=`...)
	b = strconv.AppendInt(b, p.Requests, 10)
	b = strconv.AppendInt(append(b, ";w="...), seconds(p.Window), 10)
	h["Ratelimit-Policy"] = []string{string(b)}
	b = append(append(append(b[:0], '"'), p.Name...), `";r=`...)
	b = strconv.AppendInt(b, min(d.Remaining, p.Requests), 10) // the burst is a grace, not a promise
	b = strconv.AppendInt(append(b, ";t="...), seconds(d.ResetAfter), 10)
	h["Ratelimit"] = []string{string(b)}
}

// seconds rounds up: a client that waits this long is not too early.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// Guard gives a route that is no operation the API's authentication, so that its
// handler finds the caller in the context. Anonymous callers pass.
func (s *Server) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		if s.cfg.Authenticator != nil && x != nil {
			actor, err := s.cfg.Authenticator.Authenticate(r.Context(), r)
			if err != nil {
				s.cfg.Log.LogAttrs(r.Context(), slog.LevelDebug, "refused", slog.String("correlation_id", x.request.CorrelationID))
				s.writeProblem(w, r, newProblem(err))
				return
			}
			x.request.Actor = actor
		}
		next.ServeHTTP(w, r)
	})
}
