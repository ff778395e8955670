package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clockTicks is the unit of times in /proc, per second: fixed on Linux.
const clockTicks = 100

// process is one of ours.
type process struct {
	pid, parent int
	name        string
	pss         int64         // bytes: what it has for itself, and its share of what several have
	cpu         time.Duration // its own, and that of children that have ended
	ended       time.Duration // the latter
}

// treeCPU counts the CPU time of a process and everything below it.
func treeCPU(root int) func() time.Duration {
	return func() time.Duration { return sumCPU(tree(root)) }
}

// childrenCPU counts the CPU time of our own children that have ended.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
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
	stat, err := os.ReadFile(path)
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if err != nil || open < 0 || end < open {
		return process{}, false
	}
	fields := strings.Fields(string(stat[end+1:])) // fields[0] is the third of proc(5)
	if len(fields) < 20 {
		return process{}, false
	}
	number := func(field int) int {
		n, _ := strconv.Atoi(fields[field-3])
		return n
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(stat[:open])))
	p := process{pid: pid, parent: number(4), name: string(stat[open+1 : end])}
	ticks := func(user, system int) time.Duration {
		return time.Duration(number(user)+number(system)) * time.Second / clockTicks
	}
	p.ended = ticks(16, 17)
	p.cpu = ticks(14, 15) + p.ended
	return p, true
}

// measureMemory fills in what each process takes.
func measureMemory(all []process) {
	for i := range all {
		rollup, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(all[i].pid), "smaps_rollup"))
		for line := range strings.Lines(string(rollup)) {
			if size, ok := strings.CutPrefix(line, "Pss:"); ok {
				kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
				all[i].pss = kb << 10
			}
		}
	}
}
