package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The aims of an idle installation without flows.
const (
	idleFor     = time.Minute
	idleMemory  = 150 // MB
	clockTicks  = 100 // of /proc, per second: fixed on Linux
	startedTime = 22  // fields of /proc/PID/stat, counted from 1
)

// process is one of ours.
type process struct {
	pid, parent int
	name        string
	pss         int64         // bytes: what it has for itself, and its share of what several have
	cpu         time.Duration // its own, and that of children that have ended
}

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

func sumCPU(all []process) (sum time.Duration) {
	for _, p := range all {
		sum += p.cpu
	}
	return sum
}

// tree lists a process and everything below it.
func tree(root int) []process {
	every := map[int][]process{}
	var top process
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		p, ok := look(path)
		if !ok {
			continue
		}
		every[p.parent] = append(every[p.parent], p)
		if p.pid == root {
			top = p
		}
	}
	all := []process{top}
	for i := 0; i < len(all); i++ {
		all = append(all, every[all[i].pid]...)
	}
	return all
}

// look reads what the kernel says about one process.
func look(path string) (process, bool) {
	stat, err := os.ReadFile(path) //nolint:gosec // below /proc
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if err != nil || open < 0 || end < open {
		return process{}, false
	}
	fields := strings.Fields(string(stat[end+1:])) // fields[0] is the third of proc(5)
	if len(fields) < startedTime-2 {
		return process{}, false
	}
	number := func(field int) int {
		n, _ := strconv.Atoi(fields[field-3])
		return n
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(stat[:open])))
	p := process{pid: pid, parent: number(4), name: string(stat[open+1 : end])}
	for _, field := range []int{14, 15, 16, 17} { // user, system, and both of ended children
		p.cpu += time.Duration(number(field)) * time.Second / clockTicks
	}
	rollup, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "smaps_rollup")) //nolint:gosec // below /proc
	for line := range strings.Lines(string(rollup)) {
		if size, ok := strings.CutPrefix(line, "Pss:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
			p.pss = kb << 10
		}
	}
	return p, true
}
