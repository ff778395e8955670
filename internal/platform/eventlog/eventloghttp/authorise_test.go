package eventloghttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func holder(token, last string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Last-Event-ID", last)
	return r
}

// Many streams of one credential ask once for each position, each credential for itself, and no answer is older than its question.
func TestStreamsOfOneCallerAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c callers
		asked, gate := map[string]int{}, make(chan struct{})
		var mu sync.Mutex
		ask := func(token string, position int64) (command.Actor, error) {
			return c.at(t.Context(), position, httpx.CredentialOf(holder(token, ident.New().String())), func(context.Context) (command.Actor, error) {
				mu.Lock()
				asked[token]++
				mu.Unlock()
				<-gate
				if token == "revoked" {
					return command.Actor{}, errors.New("who are you")
				}
				return command.Actor{Kind: command.User, OnlyActions: []string{token}}, nil
			})
		}
		var streams sync.WaitGroup
		for range 100 {
			for _, token := range []string{"ann", "bob", "revoked"} {
				streams.Go(func() {
					actor, err := ask(token, 7)
					if (err != nil) != (token == "revoked") || err == nil && actor.OnlyActions[0] != token {
						t.Errorf("%s: %+v, %v", token, actor, err)
					}
				})
			}
		}
		synctest.Wait()
		close(gate)
		streams.Wait()
		_, _ = ask("ann", 7)
		_, _ = ask("ann", 6) // has seen less than what the answer knows
		if asked["ann"] != 1 || asked["bob"] != 1 || asked["revoked"] != 1 {
			t.Errorf("asked %v", asked)
		}
		if _, _ = ask("ann", 8); asked["ann"] != 2 {
			t.Errorf("after another event: asked %d times", asked["ann"])
		}
	})
}

// Whoever asked for all may leave: the others get their answer, and it is theirs.
func TestWhoAskedMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c callers
		var alive atomic.Bool
		gate := make(chan struct{})
		ask := func(ctx context.Context) (command.Actor, error) {
			<-gate
			alive.Store(ctx.Err() == nil)
			return command.Actor{OnlyActions: []string{"ann"}}, nil
		}
		who := httpx.CredentialOf(holder("ann", ""))
		first, leave := context.WithCancel(t.Context())
		var both sync.WaitGroup
		both.Go(func() { _, _ = c.at(first, 1, who, ask) })
		synctest.Wait()
		leave()
		both.Go(func() {
			if actor, err := c.at(t.Context(), 1, who, ask); err != nil || actor.OnlyActions[0] != "ann" {
				t.Errorf("%+v, %v", actor, err)
			}
		})
		synctest.Wait()
		close(gate)
		both.Wait()
		if !alive.Load() {
			t.Error("the question was given up with its first asker")
		}
	})
}
