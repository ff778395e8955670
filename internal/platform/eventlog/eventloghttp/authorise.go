package eventloghttp

import (
	"context"
	"sync"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// callers remembers who the callers of streams are as of one position of the log. An event that concerns somebody concerns
// all their streams, of which there may be thousands, and one of them asking is enough.
type callers struct {
	mu       sync.Mutex
	position int64
	known    map[httpx.Credential]*answer
}

type answer struct {
	given chan struct{}
	actor command.Actor
	err   error
}

// at returns who the caller is, asked by them or by another of their streams that had seen the log as far.
func (c *callers) at(ctx context.Context, position int64, who httpx.Credential, ask func(context.Context) (command.Actor, error)) (command.Actor, error) {
	c.mu.Lock()
	if position > c.position || c.known == nil {
		c.position, c.known = position, map[httpx.Credential]*answer{}
	}
	a, asked := c.known[who]
	if !asked {
		a = &answer{given: make(chan struct{})}
		c.known[who] = a
	}
	c.mu.Unlock()
	if !asked {
		a.actor, a.err = ask(context.WithoutCancel(ctx)) // the others wait even if this one leaves
		close(a.given)
	}
	select {
	case <-a.given:
		return a.actor, a.err
	case <-ctx.Done():
		return command.Actor{}, context.Cause(ctx)
	}
}
