package ratelimit

import (
	"context"
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
)

// InProcess is the generic cell rate algorithm (GCRA, ITU-T I.371) in memory: one
// instant per key, the theoretical arrival time. It is a leaky bucket without
// a timer, so a key costs nothing between requests, and a key whose instant has
// passed equals one never seen: it can be forgotten.
type InProcess struct {
	now    clock.Clock
	seed   maphash.Seed
	shards [shardCount]shard
}

const (
	shardCount = 32
	// sweepAt is how many keys a shard holds before it looks for those to forget.
	sweepAt = 1024
)

type shard struct {
	mu      sync.Mutex
	arrival map[string]time.Time
	sweep   int
}

// NewInProcess makes a limiter that starts with every rate unused.
func NewInProcess(now clock.Clock) *InProcess {
	l := &InProcess{now: now, seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i] = shard{arrival: map[string]time.Time{}, sweep: sweepAt}
	}
	return l
}

var _ Limiter = (*InProcess)(nil)

// Take never fails. A policy without requests allows nothing.
func (l *InProcess) Take(_ context.Context, key string, p Policy) (Decision, error) {
	if p.Requests <= 0 || p.Window <= 0 {
		return Decision{RetryAfter: max(p.Window, time.Second), ResetAfter: max(p.Window, time.Second)}, nil
	}
	now := l.now()
	key = p.in(key)
	s := l.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()

	next, decision := advance(s.arrival[key], now, p)
	if decision.Allowed {
		s.arrival[key] = next
		s.forget(now)
	}
	return decision, nil
}

// Look never fails.
func (l *InProcess) Look(_ context.Context, key string, p Policy) (Decision, error) {
	if p.Requests <= 0 || p.Window <= 0 {
		return Decision{RetryAfter: max(p.Window, time.Second), ResetAfter: max(p.Window, time.Second)}, nil
	}
	now := l.now()
	key = p.in(key)
	s := l.shard(key)
	s.mu.Lock()
	arrival := s.arrival[key]
	s.mu.Unlock()

	_, decision := advance(arrival, now, p)
	if decision.Allowed {
		decision.Remaining++
		decision.ResetAfter = max(arrival.Sub(now), 0)
	}
	return decision, nil
}

func (l *InProcess) shard(key string) *shard {
	return &l.shards[maphash.String(l.seed, key)%shardCount]
}

// in is the key within the policy's epoch.
func (p Policy) in(key string) string {
	if p.Epoch == 0 {
		return key
	}
	return key + "#" + strconv.FormatInt(p.Epoch, 10)
}

// advance is the algorithm: it takes a request if the theoretical arrival time
// stays within the burst's tolerance.
func advance(arrival, now time.Time, p Policy) (time.Time, Decision) {
	interval := max(p.Window/time.Duration(p.Requests), 1)
	burst := p.burst()
	tolerance := interval * time.Duration(burst)
	if arrival.Before(now) {
		arrival = now
	}
	next := arrival.Add(interval)
	if wait := next.Sub(now) - tolerance; wait > 0 {
		return arrival, Decision{RetryAfter: wait, ResetAfter: arrival.Sub(now)}
	}
	used := next.Sub(now)
	return next, Decision{Allowed: true, Remaining: int64((tolerance - used) / interval), ResetAfter: used}
}

// forget drops the keys whose rate is whole again, now and then: each sweep is
// paid for by as many insertions as it looks at.
func (s *shard) forget(now time.Time) {
	if len(s.arrival) < s.sweep {
		return
	}
	for key, arrival := range s.arrival {
		if !arrival.After(now) {
			delete(s.arrival, key)
		}
	}
	s.sweep = max(sweepAt, 2*len(s.arrival))
}
