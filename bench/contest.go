package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// contender is something that does the same work as the others.
type contender struct {
	name string
	do   func(ctx context.Context) error
	cpu  func() time.Duration // what it has used so far, with everything it started; nil: nobody counts

	took  []time.Duration // of all turns
	turns []turn
}

// turn is what one turn showed.
type turn struct {
	p50, p95, p99 time.Duration
	rate          float64 // per second
	cpu           float64 // ms for each
}

// contest lets all take turns in closed loops of some clients. Turns alternate, so
// that all see the same weather.
func contest(ctx context.Context, o options, clients int, all []*contender) error {
	for _, c := range all {
		c.took, c.turns = nil, nil
	}
	for round := range o.rounds + 1 {
		for _, c := range all {
			took, t, err := c.takeTurn(ctx, clients, o.turn)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 { // the first warms up
				c.took, c.turns = append(c.took, took...), append(c.turns, t)
			}
		}
	}
	return nil
}

// takeTurn does the work again and again with so many clients for so long.
func (c *contender) takeTurn(ctx context.Context, clients int, long time.Duration) ([]time.Duration, turn, error) {
	var (
		mu    sync.Mutex
		took  []time.Duration
		first atomic.Pointer[error]
		all   sync.WaitGroup
	)
	used := c.used()
	began := time.Now()
	for range clients {
		all.Go(func() {
			var mine []time.Duration
			for first.Load() == nil && (len(mine) == 0 || time.Since(began) < long) {
				start := time.Now()
				if err := c.do(ctx); err != nil {
					first.CompareAndSwap(nil, &err)
					return
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	all.Wait()
	if err := first.Load(); err != nil {
		return nil, turn{}, *err
	}
	rate := float64(len(took)) / time.Since(began).Seconds()
	return took, turn{percentile(took, 50), percentile(took, 95), percentile(took, 99), rate, ms(c.used()-used) / float64(len(took))}, nil
}

func (c *contender) used() time.Duration {
	if c.cpu == nil {
		return 0
	}
	return c.cpu()
}

// table prints everybody, and how they compare with the first: the median, over the
// rounds, of the ratio within one round.
func table(out io.Writer, title string, all []*contender) {
	fmt.Fprintf(out, "\n%-36s %8s %8s %8s %9s %8s   %10s %10s\n", title, "p50 ms", "p95 ms", "p99 ms", "per s", "CPU ms", "p50 ratio", "rate ratio")
	for _, c := range all {
		p50, rate := ratios(c, all[0])
		fmt.Fprintf(out, "%-36s %8.2f %8.2f %8.2f %9.1f %8.2f   %9.2fx %9.2fx\n", c.name,
			ms(percentile(c.took, 50)), ms(percentile(c.took, 95)), ms(percentile(c.took, 99)),
			median(c.each(func(t turn) float64 { return t.rate })), median(c.each(func(t turn) float64 { return t.cpu })), p50, rate)
	}
}

func ratios(c, base *contender) (p50, rate float64) {
	var times, rates []float64
	for i, t := range c.turns {
		times = append(times, float64(t.p50)/float64(base.turns[i].p50))
		rates = append(rates, t.rate/base.turns[i].rate)
	}
	return median(times), median(rates)
}

func (c *contender) each(of func(turn) float64) []float64 {
	values := make([]float64, len(c.turns))
	for i, t := range c.turns {
		values[i] = of(t)
	}
	return values
}

func percentile(d []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[(len(sorted)-1)*p/100]
}

func median(v []float64) float64 {
	sorted := slices.Sorted(slices.Values(v))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
