package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// While only the library compiles, all our cgroups have the least share of the CPU; with the first run beside it, the usual.
func TestBackgroundWeight(t *testing.T) {
	for file, want := range map[string][2]string{"cpu.shares": {"2", "4096"}, "cpu.weight": {"1", "400"}} {
		dir := t.TempDir()
		d := &Driver{config: Config{Slots: 4}, background: newBackground()}
		d.current = &ward{tree: &tree{where: map[string]branch{"cpu": {dir: dir, v2: file == "cpu.weight"}}}}
		is := func(when, want string) {
			t.Helper()
			b, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || strings.TrimSpace(string(b)) != want {
				t.Errorf("%s: %s is %q (%v), want %s", when, file, b, err, want)
			}
		}
		d.compiling(true)
		is("compiling", want[0])
		d.enter(&Runtime{})
		is("a run", want[1])
		d.enter(&Runtime{})
		d.leave()
		is("still a run", want[1])
		d.leave()
		is("no run", want[0])
		d.compiling(false)
		is("compiled", want[1])
	}
}

// The library is compiled when nothing has run for a while, or at once when somebody runs Go.
func TestAwaitPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Driver{closed: make(chan struct{}), background: newBackground()}
		begin := time.Now()
		go func() {
			d.enter(&Runtime{Name: "python"})
			time.Sleep(prepareAfter + time.Second) // synctest's clock
			d.leave()
		}()
		if !d.awaitPrepare() || time.Since(begin) != 2*prepareAfter+time.Second {
			t.Errorf("began after %v", time.Since(begin))
		}

		d = &Driver{closed: make(chan struct{}), background: newBackground()}
		begin = time.Now()
		go d.enter(&Runtime{Name: "go"})
		if !d.awaitPrepare() || time.Since(begin) != 0 {
			t.Errorf("with a Go program, began after %v", time.Since(begin))
		}

		d = &Driver{closed: make(chan struct{}), background: newBackground()}
		close(d.closed)
		if d.awaitPrepare() {
			t.Error("began in a closed driver")
		}
	})
}
