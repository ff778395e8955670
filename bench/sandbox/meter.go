package main

import (
	"fmt"
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

func (m *meter) close() {
	_ = m.join(m.outside)
	_ = os.Remove(m.dir)
}
