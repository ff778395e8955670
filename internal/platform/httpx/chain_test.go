package httpx

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

type fixedRate struct{ ratelimit.Policy }

func (f fixedRate) Rate(context.Context, string, command.Actor) (ratelimit.Policy, bool) {
	return f.Policy, true
}

func TestRateIsAnnouncedAndEnforced(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	var refused []string
	h := newHarness(t, func(c *Config) {
		c.Limited = func(group string) { refused = append(refused, group) }
		c.Limiter = ratelimit.NewInProcess(func() time.Time { return now })
		c.Rates = fixedRate{ratelimit.Policy{Name: "api", Requests: 2, Window: time.Minute}}
	})
	w := h.do("GET", "/api/v1/things", "")
	if p, r := w.Header().Get("RateLimit-Policy"), w.Header().Get("RateLimit"); p != `"api";q=2;w=60` || r != `"api";r=1;t=30` {
		t.Errorf("RateLimit-Policy: %s, RateLimit: %s", p, r)
	}
	h.do("GET", "/api/v1/things", "")
	w = h.do("GET", "/api/v1/things", "")
	if p := problemOf(t, w); w.Code != 429 || w.Header().Get("Retry-After") != "30" || p.Limit.Name != "rate.api" || p.Limit.Scope != "address" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := h.do("GET", "/api/v1/things", "", "Authorization", "Bearer ann"); w.Code != 200 {
		t.Errorf("a person shares the rate of an address: %d", w.Code)
	}
	if diff := cmp.Diff([]string{"api"}, refused); diff != "" {
		t.Error("refused: " + diff)
	}
}

func TestARefusalSaysWhoseRateItWas(t *testing.T) {
	for name, c := range map[string]struct {
		policy ratelimit.Policy
		want   fault.Limit
		says   string
	}{
		"the installation's": {ratelimit.Policy{Scope: "global"}, fault.Limit{Scope: "global"}, "(rate.api)"},
		"theirs":             {ratelimit.Policy{Scope: "user", Owner: ann}, fault.Limit{Scope: "user", Owner: ann.String()}, "(rate.api, set for this user)"},
	} {
		c.policy.Name, c.policy.Requests, c.policy.Window = "api", 1, time.Minute
		h := newHarness(t, func(cfg *Config) {
			cfg.Limiter, cfg.Rates = ratelimit.NewInProcess(time.Now), fixedRate{c.policy}
		})
		h.do("GET", "/api/v1/things", "", "Authorization", "Bearer ann")
		w := h.do("GET", "/api/v1/things", "", "Authorization", "Bearer ann")
		p := problemOf(t, w)
		if w.Code != 429 || p.Limit.Scope != c.want.Scope || p.Limit.Owner != c.want.Owner || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestGuessingTokensCountsAgainstTheAddress(t *testing.T) {
	h := newHarness(t, func(c *Config) {
		c.Limiter = ratelimit.NewInProcess(time.Now)
		c.Rates = fixedRate{ratelimit.Policy{Name: "api", Requests: 1, Window: time.Hour}}
	})
	for _, want := range []int{401, 429} {
		w := h.do("PUT", thing, `{"name":"x"}`, "Authorization", "Bearer eve")
		if w.Code != want || w.Header().Get("RateLimit") == "" {
			t.Errorf("%d %v, want %d", w.Code, w.Header(), want)
		}
	}
}

type brokenLimiter struct{}

func (brokenLimiter) Take(context.Context, string, ratelimit.Policy) (ratelimit.Decision, error) {
	return ratelimit.Decision{}, errors.New("down")
}

func (brokenLimiter) Look(context.Context, string, ratelimit.Policy) (ratelimit.Decision, error) {
	return ratelimit.Decision{}, errors.New("down")
}

func TestRateLimitFailsOpen(t *testing.T) {
	h := newHarness(t, func(c *Config) {
		c.Limiter, c.Rates = brokenLimiter{}, fixedRate{ratelimit.Policy{Name: "api", Requests: 1, Window: time.Minute}}
	})
	if w := h.do("GET", "/api/v1/things", ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestForwardedForIsBelievedOnlyFromTrustedProxies(t *testing.T) {
	for name, c := range map[string]struct {
		trusted   []netip.Prefix
		forwarded string
		want      string
	}{
		"nobody trusted":       {nil, "203.0.113.9", "192.0.2.7"},
		"another proxy":        {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "203.0.113.9", "192.0.2.7"},
		"trusted":              {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "203.0.113.9", "203.0.113.9"},
		"invented left part":   {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "1.1.1.1, 203.0.113.9, 192.0.2.8", "203.0.113.9"},
		"nonsense":             {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "who?", "192.0.2.7"},
		"nothing to go by":     {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "", "192.0.2.7"},
		"every hop is trusted": {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "192.0.2.9", "192.0.2.9"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(cfg *Config) { cfg.TrustedProxies = c.trusted })
			h.do("GET", "/api/v1/things", "", "X-Forwarded-For", c.forwarded)
			if h.seen.RemoteAddress != c.want {
				t.Errorf("address %q, want %q", h.seen.RemoteAddress, c.want)
			}
		})
	}
}

func TestInsaneCorrelationIDsAreReplaced(t *testing.T) {
	h := newHarness(t, nil)
	for _, id := range []string{"a b", "a\"b", strings.Repeat("x", 129), "ä"} {
		if w := h.do("GET", "/api/v1/things", "", "X-Correlation-Id", id); w.Header().Get("X-Correlation-Id") != ann.String() {
			t.Errorf("%q was kept", id)
		}
	}
}

func TestObserveGetsTheRouteAndNotThePath(t *testing.T) {
	var seen []string
	h := newHarness(t, func(c *Config) {
		c.Observe = func(method, route string, status int, took time.Duration) {
			if took <= 0 {
				t.Error("no time passed")
			}
			seen = append(seen, method+" "+route+" "+http.StatusText(status))
		}
	})
	h.do("PUT", thing, `{"name":"x"}`, "Authorization", "Bearer ann")
	h.do("GET", "/nowhere/at/all", "")
	if diff := cmp.Diff([]string{"PUT /api/v1/things/{id} OK", "GET unmatched Not Found"}, seen); diff != "" {
		t.Error(diff)
	}
}
