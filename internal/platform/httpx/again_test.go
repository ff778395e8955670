package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

// counted answers as ann, and says how often it was asked.
type counted struct{ asked atomic.Int64 }

func (c *counted) Authenticate(_ context.Context, r *http.Request) (command.Actor, error) {
	c.asked.Add(1)
	return command.Actor{Kind: command.User, ID: ann, OnlyActions: r.Header["Authorization"]}, nil
}

// Many lasting answers to one credential ask once in a while together, each credential for itself, and none
// gets an answer that it had before.
func TestLastingAnswersShareWhoTheirCallerIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		who := &counted{}
		s, err := New(Config{Log: slog.New(slog.DiscardHandler), Authenticator: who})
		if err != nil {
			t.Fatal(err)
		}
		contexts := make([]context.Context, 50)
		for i := range contexts {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", []string{"Bearer ann", "Bearer bob"}[i%2])
			r.Header.Set("Sec-WebSocket-Key", strconv.Itoa(i))
			contexts[i] = context.WithValue(t.Context(), exchangeKey{}, &exchange{server: s, inner: r})
		}
		for round := range 3 {
			var all sync.WaitGroup
			for i, ctx := range contexts {
				all.Go(func() {
					now, err := Again(ctx)
					if want := []string{"Bearer ann", "Bearer bob"}[i%2]; err != nil || command.RequestFrom(now).Actor.OnlyActions[0] != want {
						t.Errorf("%s is %+v, %v", want, command.RequestFrom(now).Actor, err)
					}
				})
			}
			all.Wait()
			if n := who.asked.Load(); n != int64(2*(round+1)) {
				t.Errorf("after round %d it was asked %d times", round, n)
			}
			time.Sleep(lookedAtEvery) // of the bubble
		}
		if _, err := Again(contexts[0]); err != nil {
			t.Error(err)
		}
		if _, err := Again(contexts[0]); err != nil || who.asked.Load() != 8 {
			t.Errorf("asked %d times: an answer was given twice", who.asked.Load())
		}
	})
}

// lookedAtEvery is about how often those who follow something ask.
const lookedAtEvery = 5 * time.Second

func TestWhatIsRememberedOfCallersIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a asked
		for i := range 10 * manyAnswers {
			if _, err := a.at(t.Context(), Credential{byte(i), byte(i >> 8)}, nil, func(context.Context) (command.Actor, error) { return command.Actor{}, nil }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(sharedFor / 10)
		}
		if len(a.known) > manyAnswers {
			t.Errorf("%d are remembered", len(a.known))
		}
	})
}
