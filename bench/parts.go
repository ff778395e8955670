package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// clients of the closed loop whose CPU time is divided.
const partClients = 8

// parts are who uses CPU for a run, in the order in which it passes them.
var parts = []string{"control plane", "PostgreSQL", "agent", "sandbox"}

// showParts tells who uses the CPU time of one run: what wall time hides when two
// cores are busy, and what a busy neighbour does not change. Two builds take turns.
func showParts(ctx context.Context, o options) error {
	runtime, err := pythonOf(ctx, o)
	if err != nil {
		return err
	}
	type build struct {
		bin  string
		in   *installation
		each [][]float64 // ms for each run, by part, of each turn
		rate []float64
	}
	var all []*build
	for _, bin := range []string{o.bin, o.against} {
		if bin == "" {
			continue
		}
		in, err := install(ctx, bin)
		if err != nil {
			return err
		}
		defer in.stop()
		if err := in.warm(ctx, runtime); err != nil {
			return err
		}
		all = append(all, &build{bin: bin, in: in, each: make([][]float64, len(parts))})
	}
	for round := range o.rounds + 1 {
		for _, b := range all {
			before := b.in.parts()
			runs, took, err := b.in.loop(ctx, runtime, o.turn)
			if err != nil {
				return err
			}
			if round == 0 {
				continue // warms up
			}
			b.rate = append(b.rate, float64(runs)/took.Seconds())
			for i, used := range b.in.parts() {
				b.each[i] = append(b.each[i], ms(used-before[i])/float64(runs))
			}
		}
	}
	fmt.Fprintf(o.out, "CPU ms for one print(1), %d clients, %d turns of %s\n%-24s", partClients, o.rounds, o.turn, "")
	for _, p := range append(slices.Clone(parts), "together", "per s") {
		fmt.Fprintf(o.out, " %14s", p)
	}
	fmt.Fprintln(o.out)
	for _, b := range all {
		fmt.Fprintf(o.out, "%-24s", b.bin)
		sum := 0.0
		for _, each := range b.each {
			fmt.Fprintf(o.out, " %14.2f", median(each))
			sum += median(each)
		}
		fmt.Fprintf(o.out, " %14.2f %14.1f\n", sum, median(b.rate))
	}
	return nil
}

// loop runs print(1) again and again, and tells how often in how long.
func (in *installation) loop(ctx context.Context, runtime string, long time.Duration) (runs int64, took time.Duration, err error) {
	var n atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	began := time.Now()
	for range partClients {
		all.Go(func() {
			for failed.Load() == nil && time.Since(began) < long {
				if _, err := in.run(ctx, runtime); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, 0, *err
	}
	return n.Load(), time.Since(began), nil
}

// parts is the CPU time that each part has used so far. What ended below the agent
// was a sandbox.
func (in *installation) parts() []time.Duration {
	used := make([]time.Duration, len(parts))
	for _, p := range tree(in.cmd.Process.Pid) {
		switch p.name {
		case "stoad", "exe": // a program that started itself as another user
			used[0] += p.cpu - p.ended
		case "postgres":
			used[1] += p.cpu
		case "stoa-agent":
			used[2] += p.cpu - p.ended
			used[3] += p.ended
		default:
			used[3] += p.cpu
		}
	}
	return used
}
