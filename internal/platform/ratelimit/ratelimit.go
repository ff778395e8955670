// Package ratelimit decides whether one more request fits into a rate. The port
// is Limiter; InProcess serves one machine, and a shared store can serve several
// behind the same port.
package ratelimit

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Policy is a rate: Requests in each Window, with room for Burst at once.
type Policy struct {
	Name     string // "execute": the name in the RateLimit-Policy field
	Requests int64
	Window   time.Duration
	Burst    int64 // at least 1; zero means Requests
	// Scope says whose setting makes it ("user"), and Owner which; empty where nobody's is known.
	Scope string
	Owner ident.ID
	// Epoch is a time of counting: what was taken in another one counts no more. It holds
	// wherever the policy is known, so that nobody has to reach every limiter.
	Epoch int64
}

// Key is whose rate of a group of operations is meant.
func Key(group string, account ident.ID) string { return group + "/" + string(account[:]) }

// burst is the number of requests that may come at once.
func (p Policy) burst() int64 {
	if p.Burst > 0 {
		return p.Burst
	}
	return max(p.Requests, 1)
}

// Decision is the answer for one request.
type Decision struct {
	Allowed    bool
	Remaining  int64         // requests that would be allowed right now
	ResetAfter time.Duration // until the whole burst is there again
	RetryAfter time.Duration // until one request is allowed; zero when Allowed
}

// Limiter knows what is left of the rate of key. An error means that the
// limiter could not decide; edges then let the request pass.
type Limiter interface {
	// Take takes one request out of it.
	Take(ctx context.Context, key string, p Policy) (Decision, error)
	// Look tells what Take would find, and takes nothing: Remaining counts the request
	// that Allowed is about.
	Look(ctx context.Context, key string, p Policy) (Decision, error)
}
