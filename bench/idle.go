package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The aims of an idle installation without flows.
const (
	idleFor    = time.Minute
	idleMemory = 150 // MB
)

// measureIdle tells what an installation that nobody uses costs.
func measureIdle(ctx context.Context, o options) error {
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	if err := in.warm(ctx, "python"); err != nil { // idle is what it is after it was used
		return err
	}
	fmt.Fprintf(o.out, "An installation that ran some code, and nothing for %s.\n", idleFor)
	// First let what was warmed go, then look for as long again at what it does.
	for range 2 {
		before := tree(in.cmd.Process.Pid)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleFor):
		}
		after := tree(in.cmd.Process.Pid)
		fmt.Fprintf(o.out, "CPU %.2f s in %s; ", (sumCPU(after) - sumCPU(before)).Seconds(), idleFor)
	}
	all := tree(in.cmd.Process.Pid)
	measureMemory(all)
	byName, sum := map[string]int64{}, int64(0)
	count := map[string]int{}
	for _, p := range all {
		byName[p.name] += p.pss
		count[p.name]++
		sum += p.pss
	}
	fmt.Fprintf(o.out, "\n%-32s %10s %8s\n", "", "processes", "PSS MB")
	for _, name := range sortedBySize(byName) {
		fmt.Fprintf(o.out, "%-32s %10d %8.1f\n", name, count[name], float64(byName[name])/1e6)
	}
	fmt.Fprintf(o.out, "%-32s %10d %8.1f   %.2fx of %d MB\n", "all", len(all), float64(sum)/1e6, float64(sum)/1e6/idleMemory, idleMemory)
	return nil
}

func sortedBySize(sizes map[string]int64) []string {
	var names []string
	for name := range sizes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(sizes[b] - sizes[a]) })
	return names
}
