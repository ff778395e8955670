// Package ratelimit decides whether one more request fits into a rate. The port
// is Limiter; InProcess serves one machine, and a shared store can serve several
// behind the same port.
package ratelimit

import (
	"context"
	"time"
)

// Policy is a rate: Requests in each Window, with room for Burst at once.
type Policy struct {
	Name     string // "execute": the name in the RateLimit-Policy field
	Requests int64
	Window   time.Duration
	Burst    int64 // at least 1; zero means Requests
}

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

// Limiter takes one request out of the rate of key. An error means that the
// limiter could not decide; edges then let the request pass.
type Limiter interface {
	Take(ctx context.Context, key string, p Policy) (Decision, error)
}
