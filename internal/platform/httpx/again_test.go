package httpx

import (
	"context"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// changing is an authenticator whose answer changes while a request lasts.
type changing struct{ answers []command.Actor }

func (c *changing) Authenticate(context.Context, *http.Request) (command.Actor, error) {
	if len(c.answers) == 0 {
		return command.Actor{}, fault.New(fault.Unauthenticated, "auth.revoked", "It was revoked.")
	}
	now := c.answers[0]
	c.answers = c.answers[1:]
	return now, nil
}

func TestAgainAsksWhoTheCallerIsNow(t *testing.T) {
	as := func(action string) command.Actor {
		return command.Actor{Kind: command.User, ID: ann, OnlyActions: []string{action}}
	}
	h := newHarness(t, func(c *Config) { c.Authenticator = &changing{[]command.Actor{as("first"), as("second")}} })
	huma.Register(h.API(), Operation("thing.last", http.MethodGet, "/api/v1/last", "Last", "Things"), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		if got := command.RequestFrom(ctx).Actor.OnlyActions[0]; got != "first" {
			t.Errorf("at first it is %q", got)
		}
		now, err := Again(ctx)
		if err != nil {
			return nil, err
		}
		if got := command.RequestFrom(now); got.Actor.OnlyActions[0] != "second" || got.CorrelationID != command.RequestFrom(ctx).CorrelationID || got.RemoteAddress != "192.0.2.7" {
			t.Errorf("then it is %+v", got)
		}
		_, err = Again(ctx)
		return nil, err
	})
	if p := problemOf(t, h.do(http.MethodGet, "/api/v1/last", "")); p.Status != http.StatusUnauthorized || p.Code != "auth.revoked" {
		t.Errorf("in the end %+v", p)
	}
}
