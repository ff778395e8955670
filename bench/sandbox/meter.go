package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// meter counts the CPU time of this process and of all that it starts, wherever they move below: they live in a cgroup of
// their own. What else the machine does is not counted, nor is what the kernel's own threads do for us.
type meter struct{ outside, dir string }

func openMeter() (*meter, error) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(own)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		for name := range strings.SplitSeq(parts[1], ",") {
			if name != "cpuacct" {
				continue
			}
			m := &meter{outside: filepath.Join("/sys/fs/cgroup/cpuacct", parts[2])}
			m.dir = filepath.Join(m.outside, "stoa-bench-"+strconv.Itoa(os.Getpid()))
			if err := os.Mkdir(m.dir, 0o755); err != nil {
				return nil, err
			}
			return m, m.join(m.dir)
		}
	}
	return nil, fmt.Errorf("CPU is counted by the cgroup controller cpuacct (v1), which is not here")
}

func (m *meter) join(dir string) error {
	return os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0)
}

func (m *meter) used() time.Duration {
	b, _ := os.ReadFile(filepath.Join(m.dir, "cpuacct.usage"))
	n, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return time.Duration(n)
}

// quiet prints what the sandbox's processes hold in memory once nothing has run for a while.
func (m *meter) quiet() error {
	time.Sleep(quietAfter)
	var sum int64
	count := 0
	err := filepath.WalkDir(m.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "cgroup.procs" {
			return nil // a cgroup that was just removed
		}
		pids, _ := os.ReadFile(path)
		for pid := range strings.FieldsSeq(string(pids)) {
			rollup, err := os.ReadFile(filepath.Join("/proc", pid, "smaps_rollup"))
			if err != nil || pid == strconv.Itoa(os.Getpid()) {
				continue
			}
			for line := range strings.Lines(string(rollup)) {
				if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
					kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
					sum += kb << 10
					count++
				}
			}
		}
		return nil
	})
	fmt.Printf("\nquiet for %s: %d processes hold %.1f MB (proportional set size; aim 60)\n", quietAfter, count, float64(sum)/(1<<20))
	return err
}

// quietAfter is longer than the sandbox takes to let go of what it holds for the next burst.
const quietAfter = 15 * time.Second

func (m *meter) close() {
	_ = m.join(m.outside)
	_ = os.Remove(m.dir)
}
