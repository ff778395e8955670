package httpx

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// Again is ctx with the caller as they are now, for answers that last: who a request's
// credential belongs to, and what they may do, was asked when it came. The fault of a
// credential that no longer holds is Unauthenticated. The answer may be [sharedFor] old,
// when another answer to the same credential has asked.
func Again(ctx context.Context) (context.Context, error) {
	x := exchangeOf(ctx)
	if x == nil || x.server.cfg.Authenticator == nil {
		return ctx, nil
	}
	if x.credential == nil {
		x.credential = new(CredentialOf(x.inner))
	}
	var err error
	if x.again, err = x.server.asked.at(ctx, *x.credential, x.again, func(ctx context.Context) (command.Actor, error) {
		return x.server.cfg.Authenticator.Authenticate(ctx, x.inner)
	}); err != nil {
		return nil, err
	}
	return command.WithRequest(ctx, &command.Request{Actor: x.again.actor, CorrelationID: x.request.CorrelationID, RemoteAddress: x.request.RemoteAddress}), nil
}

// Credential is a digest of all that a request says of who it comes from.
type Credential [sha256.Size]byte

// CredentialOf digests all headers but those that differ from request to request: which
// of the rest matter is for the methods of authentication to choose.
func CredentialOf(r *http.Request) (c Credential) {
	digest := sha256.New()
	_ = r.Header.WriteSubset(digest, map[string]bool{
		"Last-Event-Id": true, "Sec-Websocket-Key": true, "Traceparent": true, "Tracestate": true, "X-Correlation-Id": true, "X-Request-Id": true,
	})
	digest.Sum(c[:0])
	return c
}

// sharedFor is how old an answer may be that another one gets too: somebody who follows a
// hundred runs is asked about once in a second, not a hundred times.
const sharedFor = time.Second

// asked remembers for a moment who the callers of lasting answers are.
type asked struct {
	mu    sync.Mutex
	known map[Credential]*answer
}

type answer struct {
	began time.Time
	given chan struct{}
	actor command.Actor
	err   error
}

// manyAnswers is how many are remembered before those are forgotten that are too old.
const manyAnswers = 64

// at gives a fresh answer to who the caller is: never last, which they had before.
func (a *asked) at(ctx context.Context, who Credential, last *answer, ask func(context.Context) (command.Actor, error)) (*answer, error) {
	now := time.Now()
	a.mu.Lock()
	is, known := a.known[who]
	if !known || is == last || now.Sub(is.began) >= sharedFor {
		known, is = false, &answer{began: now, given: make(chan struct{})}
		a.keep(who, is)
	}
	a.mu.Unlock()
	if !known {
		is.actor, is.err = ask(context.WithoutCancel(ctx)) // the others wait even if this one leaves
		close(is.given)
	}
	select {
	case <-is.given:
		return is, is.err
	case <-ctx.Done():
		return last, context.Cause(ctx)
	}
}

func (a *asked) keep(who Credential, is *answer) {
	if a.known == nil {
		a.known = map[Credential]*answer{}
	}
	if len(a.known) >= manyAnswers {
		for other, old := range a.known {
			if is.began.Sub(old.began) >= sharedFor {
				delete(a.known, other)
			}
		}
	}
	a.known[who] = is
}
