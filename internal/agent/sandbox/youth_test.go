package sandbox

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Long runs make all our cgroups together weigh less: as many as run and are young, but the cores at least.
func TestLongRunsWeighLittle(t *testing.T) {
	dir := t.TempDir()
	d := &Driver{config: Config{Slots: 100}, background: newBackground()}
	d.current = &ward{tree: &tree{where: map[string]branch{"cpu": {dir: dir}}}}
	weighs := func(runs int) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, "cpu.shares"))
		if want := strconv.Itoa(1024 * runs); err != nil || strings.TrimSpace(string(b)) != want {
			t.Errorf("the share is %q (%v), want %s", b, err, want)
		}
	}
	cores := runtime.NumCPU()
	for range cores + 3 {
		d.enter(&Runtime{})
	}
	d.aged(1)
	weighs(cores + 2)
	d.aged(2)
	weighs(cores)
	d.enter(&Runtime{})
	weighs(cores + 1)
	d.leave()
	weighs(cores)
	d.aged(-3)
	weighs(100)
}

// A run that goes on computing gets the share of a long one, one that sleeps does not, and the slot is as before for the next.
func TestYouth(t *testing.T) {
	d := alone(t)
	s := d.current.slots[0]
	if s.account.share < 0 {
		t.Skip("THIS HOST HAS NO CGROUP FOR CPU SHARES")
	}
	shares := func() (least int64) { // of all slots: one of them has the run
		names, err := filepath.Glob(filepath.Join(d.current.tree.where["cpu"].dir, "s*", "cpu."+map[bool]string{true: "weight", false: "shares"}[d.current.tree.where["cpu"].v2]))
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			n, parseErr := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
			if least == 0 || err == nil && parseErr == nil && n < least {
				least = n
			}
		}
		return least
	}
	var late int64
	job := bash("i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; echo late; read x")
	job.Limits.Wall = time.Minute
	stdin := make(chan struct{})
	job.Stdin = blocked(stdin)
	r, err := d.Run(t.Context(), job, func(Stream, []byte) { late = shares(); close(stdin) })
	if err != nil || r.Reason != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if r.Usage.CPU > 2*youth && late != max(s.account.ordinary/128, 2) {
		t.Errorf("after %v the share is %d", r.Usage.CPU, late)
	}
	if shares() != s.account.ordinary {
		t.Errorf("afterwards the share is %d, not %d", shares(), s.account.ordinary)
	}
}
