package ratelimit

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTakeAllowsTheBurstThenTheRate(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := NewInProcess(func() time.Time { return now })
	p := Policy{Name: "execute", Requests: 10, Window: time.Minute, Burst: 15}

	for i := range 15 {
		d, err := l.Take(t.Context(), "ann", p)
		if err != nil || !d.Allowed || d.Remaining != int64(14-i) {
			t.Fatalf("request %d: %+v, %v", i, d, err)
		}
	}
	d, _ := l.Take(t.Context(), "ann", p)
	if d.Allowed || d.RetryAfter != 6*time.Second || d.ResetAfter != 90*time.Second {
		t.Fatalf("request 16: %+v, want refused for 6 s", d)
	}
	if d, _ := l.Take(t.Context(), "bob", p); !d.Allowed {
		t.Fatal("another key shares the rate")
	}
	now = now.Add(6 * time.Second)
	if d, _ := l.Take(t.Context(), "ann", p); !d.Allowed || d.Remaining != 0 {
		t.Fatalf("after 6 s: %+v, want exactly one more", d)
	}
	if d, _ := l.Take(t.Context(), "ann", p); d.Allowed {
		t.Fatal("after 6 s a second request passed")
	}
}

func TestTakeNeverAllowsMoreThanBurstPlusRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{
			Requests: rapid.Int64Range(1, 1000).Draw(t, "requests"),
			Window:   time.Duration(rapid.Int64Range(1, 120).Draw(t, "window")) * time.Second,
			Burst:    rapid.Int64Range(1, 50).Draw(t, "burst"),
		}
		start := time.Unix(1_000_000, 0)
		now := start
		l := NewInProcess(func() time.Time { return now })
		var allowed int64
		for _, gap := range rapid.SliceOfN(rapid.Int64Range(0, int64(2*time.Second)), 1, 200).Draw(t, "gaps") {
			now = now.Add(time.Duration(gap))
			d, _ := l.Take(t.Context(), "k", p)
			switch {
			case d.Allowed:
				allowed++
			case d.RetryAfter <= 0:
				t.Fatalf("refused without a time to try again: %+v", d)
			default:
				// The time it names is the time at which it admits, not a nanosecond before.
				early, _ := probeAt(l, now.Add(d.RetryAfter-1)).Take(t.Context(), "k", p)
				if early.Allowed {
					t.Fatal("admitted before RetryAfter")
				}
			}
			interval := p.Window / time.Duration(p.Requests)
			if most := p.Burst + int64(now.Sub(start)/interval); allowed > most {
				t.Fatalf("%d allowed in %s, most %d", allowed, now.Sub(start), most)
			}
		}
	})
}

// probeAt is a copy of l's state of key "k" at another instant, so that asking changes nothing.
func probeAt(l *InProcess, at time.Time) *InProcess {
	probe := NewInProcess(func() time.Time { return at })
	for i := range l.shards {
		for key, arrival := range l.shards[i].arrival {
			for j := range probe.shards {
				probe.shards[j].arrival[key] = arrival
			}
		}
	}
	return probe
}

func TestTakeForgetsIdleKeys(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := NewInProcess(func() time.Time { return now })
	p := Policy{Requests: 1, Window: time.Second}
	for i := range 200_000 {
		now = now.Add(time.Millisecond)
		if _, err := l.Take(t.Context(), strconv.Itoa(i), p); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for i := range l.shards {
		held += len(l.shards[i].arrival)
	}
	if held > 2*shardCount*sweepAt {
		t.Errorf("%d keys held after 200,000 that came once", held)
	}
}

func TestLookTakesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_000_000, 0)
		l := NewInProcess(func() time.Time { return now })
		p := Policy{Requests: rapid.Int64Range(1, 20).Draw(t, "requests"), Window: time.Minute, Burst: rapid.Int64Range(1, 30).Draw(t, "burst")}
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 10), 1, 50).Draw(t, "gaps") {
			now = now.Add(time.Duration(gap) * time.Second)
			before, _ := l.Look(t.Context(), "k", p)
			again, _ := l.Look(t.Context(), "k", p)
			if before != again {
				t.Fatalf("looking changed %+v to %+v", before, again)
			}
			taken, _ := l.Take(t.Context(), "k", p)
			switch {
			case taken.Allowed != before.Allowed:
				t.Fatalf("it saw %+v, and taking found %+v", before, taken)
			case taken.Allowed && before.Remaining != taken.Remaining+1:
				t.Fatalf("it saw %d left, and after one was taken %d are", before.Remaining, taken.Remaining)
			case !taken.Allowed && before != taken:
				t.Fatalf("it saw %+v, and the refusal said %+v", before, taken)
			}
		}
	})
}

func TestLookSeesAnUnusedRateWhole(t *testing.T) {
	l := NewInProcess(time.Now)
	d, err := l.Look(t.Context(), "k", Policy{Requests: 10, Window: time.Minute, Burst: 15})
	if want := (Decision{Allowed: true, Remaining: 15}); err != nil || d != want {
		t.Errorf("%+v, %v", d, err)
	}
	if d, _ := l.Look(t.Context(), "k", Policy{Window: time.Minute}); d.Allowed || d.Remaining != 0 {
		t.Errorf("of nothing: %+v", d)
	}
}

func TestAnotherEpochCountsAnew(t *testing.T) {
	l := NewInProcess(func() time.Time { return time.Unix(1_000_000, 0) })
	p := Policy{Requests: 1, Window: time.Minute}
	for epoch := range int64(3) {
		p.Epoch = epoch
		for _, want := range []bool{true, false} {
			if d, err := l.Take(t.Context(), "k", p); err != nil || d.Allowed != want {
				t.Errorf("epoch %d: %+v, %v, want %v", epoch, d, err, want)
			}
		}
	}
}

func TestTakeAllowsNothingWithoutRequests(t *testing.T) {
	l := NewInProcess(time.Now)
	if d, err := l.Take(t.Context(), "k", Policy{Window: time.Minute}); err != nil || d.Allowed || d.RetryAfter != time.Minute {
		t.Errorf("%+v, %v", d, err)
	}
}

func BenchmarkTake(b *testing.B) {
	l := NewInProcess(time.Now)
	p := Policy{Requests: 1_000_000, Window: time.Second}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Take(b.Context(), "api/0192f0c1-0000-7000-8000-000000000000", p); err != nil {
			b.Fatal(err)
		}
	}
}
