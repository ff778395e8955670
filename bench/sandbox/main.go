// Command sandbox measures what isolation costs: small programs through the sandbox driver, against the bare interpreter
// and, where it is installed, bubblewrap with the same namespaces; all in one run, alternating, because a machine's speed
// drifts from minute to minute. Each ratio is to the first of its kind. In the end it tells what stays warm in quiet times.
// It needs root, as the agent does, and a built helper.
//
//	go run ./bench/sandbox [-n 400] [-only python] [-gvisor bin/stoa-runsc]
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

type contender struct {
	kind string // "python": its ratios are to the first of the same kind
	name string
	run  func() error
	took [2][]time.Duration // each run at 1 and at 8 clients
	rate [2][]float64       // runs per second, one for each turn
	cpu  [2]time.Duration   // of all its processes, ours included
	runs [2]int
}

var clients = [2]int{1, 8}

func main() {
	n := flag.Int("n", 400, "runs of each contender")
	only := flag.String("only", "", "a regular expression: measure only the contenders that it matches")
	runsc := flag.String("gvisor", "", "stoa-runsc: measure class gvisor too")
	flag.Parse()
	if err := measure(*n, regexp.MustCompile(*only), *runsc); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func measure(n int, only *regexp.Regexp, runsc string) error {
	ctx := context.Background()
	m, err := openMeter()
	if err != nil {
		return err
	}
	defer m.close()
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := sandbox.Open(ctx, sandbox.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), NoCompileCache: true})
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := contenders(ctx, d)
	if err != nil {
		return err
	}
	images, closeImages, err := inImage(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = closeImages() }()
	list = append(list, images...)
	if runsc != "" {
		g, closeIt, err := underGVisor(ctx, d, dir, runsc)
		if err != nil {
			return err
		}
		defer func() { _ = closeIt() }()
		list = append(list, g)
	}
	list = slices.DeleteFunc(list, func(x *contender) bool { return !only.MatchString(x.kind + ": " + x.name) })
	for i, c := range clients {
		// Short turns, so that all see the same weather.
		for each := 10 * c; len(list[len(list)-1].took[i]) < n; {
			for _, x := range list {
				if err := x.turn(m, i, c, each); err != nil {
					return fmt.Errorf("%s: %w", x.name, err)
				}
			}
		}
	}
	for i, c := range clients {
		fmt.Printf("\n%d client(s), %d runs each\n%-34s %9s %9s %9s %9s %12s %10s\n", c, n, "", "p50 ms", "p95 ms", "p99 ms", "runs/s", "cpu ms/run", "p50 ratio")
		var base *contender
		for _, x := range list {
			if base == nil || base.kind != x.kind {
				base = x
			}
			slices.Sort(x.took[i])
			slices.Sort(x.rate[i])
			at := func(p float64) float64 { return ms(x.took[i][int(p*float64(len(x.took[i])-1))]) }
			fmt.Printf("%-34s %9.2f %9.2f %9.2f %9.0f %12.2f %9.2fx   throughput %.2fx\n", x.kind+": "+x.name, at(0.5), at(0.95), at(0.99), median(x.rate[i]),
				ms(x.cpu[i])/float64(x.runs[i]), at(0.5)/ms(base.took[i][len(base.took[i])/2]), median(x.rate[i])/median(base.rate[i]))
		}
	}
	_ = closeImages() // what is warm of them is no part of what a quiet agent holds
	return m.quiet()
}

// turn runs n jobs in a closed loop of c clients.
func (x *contender) turn(m *meter, i, c, n int) error {
	var mu sync.Mutex
	var first error
	var wait sync.WaitGroup
	busy, begin := m.used(), time.Now()
	next := make(chan struct{}, n)
	for range n {
		next <- struct{}{}
	}
	close(next)
	for range c {
		wait.Go(func() {
			for range next {
				start := time.Now()
				err := x.run()
				took := time.Since(start)
				mu.Lock()
				x.took[i] = append(x.took[i], took)
				if err != nil && first == nil {
					first = err
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	x.rate[i] = append(x.rate[i], float64(n)/time.Since(begin).Seconds())
	x.cpu[i] += m.used() - busy
	x.runs[i] += n
	return first
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(v []float64) float64 { return v[len(v)/2] }
