package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Fatal(args ...any)
	Cleanup(f func())
}

// slow is an account whose counters are files of ours: what it says it used, and whether it stands still.
type slow struct {
	*account
	used   time.Duration
	cpuAt  string
	iceAt  string
	rushed float64 // cores that it keeps busy when it may
}

func newSlow(t tester, dir string, i int, cores float64) *slow {
	s := &slow{account: &account{words: [2]string{thawed, "FROZEN"}, cpuNanos: true}, rushed: cores}
	s.cpuAt, s.iceAt = filepath.Join(dir, fmt.Sprint("cpu", i)), filepath.Join(dir, fmt.Sprint("ice", i))
	open := func(name, content string) int {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return int(f.Fd())
	}
	s.cpu, s.freezer = open(s.cpuAt, "0"), open(s.iceAt, thawed)
	return s
}

func (s *slow) frozen() bool {
	b, _ := os.ReadFile(s.iceAt)
	return strings.TrimSpace(string(b)) != thawed
}

// work lets the time pass.
func (s *slow) work(d time.Duration) {
	if !s.frozen() {
		s.used += time.Duration(float64(d) * s.rushed)
		_ = put(s.cpu, s.used.Nanoseconds())
	}
}

// Of any number of long runs no more than there are places are busy after a turn; each of them gets on, equally; those that
// hardly compute are never in the way, nor stopped; and whoever leaves is not left frozen.
func TestTurns(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		places, n := rapid.IntRange(1, 4).Draw(r, "places"), rapid.IntRange(1, 12).Draw(r, "busy")
		var busy, idle []*slow
		for i := range n {
			busy = append(busy, newSlow(r, dir, i, 0.5))
		}
		for i := range rapid.IntRange(0, 4).Draw(r, "idle") {
			idle = append(idle, newSlow(r, dir, n+i, 0.02))
		}
		synctest.Test(t, func(t *testing.T) {
			turns := newTurns()
			turns.places = places
			for _, s := range append(idle, busy...) {
				turns.add(s.account)
			}
			rounds := 20 * n
			for range rounds {
				for _, s := range append(idle, busy...) {
					s.work(turn)
				}
				time.Sleep(turn) // synctest's clock: the next turn has begun
				synctest.Wait()
				awake := 0
				for _, s := range busy {
					if !s.frozen() {
						awake++
					}
				}
				if awake != min(places, n) {
					t.Fatalf("%d of %d long runs are awake in %d places", awake, n, places)
				}
			}
			for i, s := range busy { // the first turn was everybody's
				turnsHad := float64(s.used) / float64(turn) / s.rushed
				if want := float64(rounds) * min(1, float64(places)/float64(n)); turnsHad < want-2 || turnsHad > want+2 {
					t.Errorf("run %d had %.0f turns of %d, want %.0f", i, turnsHad, rounds, want)
				}
			}
			for i, s := range idle {
				if s.used != time.Duration(rounds)*turn/50 {
					t.Errorf("run %d that hardly computes was stopped", i)
				}
			}
			for i, s := range busy {
				if i%2 == 0 {
					turns.remove(s.account)
				}
			}
			turns.end()
			for i, s := range append(idle, busy...) {
				if s.frozen() {
					t.Errorf("run %d is left frozen", i)
				}
			}
			turns.add(busy[0].account)
			time.Sleep(2 * turn)
			synctest.Wait() // nothing of it goes on by itself
		})
	})
}

// As long as there are young runs, long ones stand back where some of them wait anyway, but for a turn after ten; and go on when
// the last young one has left for a while. Where there is a place for each, nobody stands back.
func TestLongRunsStandBack(t *testing.T) {
	for _, c := range []struct{ long, awake int }{{2, 2}, {3, 0}, {9, 0}} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			turns := newTurns()
			defer turns.end()
			turns.places = 2
			var all []*slow
			for i := range c.long {
				all = append(all, newSlow(t, dir, i, 1))
				turns.add(all[i].account)
			}
			awake := func() (n int) {
				for _, s := range all {
					if !s.frozen() {
						n++
					}
				}
				return n
			}
			pass := func(d time.Duration) {
				for _, s := range all {
					s.work(d)
				}
				time.Sleep(d)
				synctest.Wait()
			}
			pass(turn)
			if n := awake(); n != 2 {
				t.Fatalf("%d of %d are awake before", n, c.long)
			}
			turns.enter()
			if n := awake(); n != c.awake {
				t.Errorf("%d of %d are awake beside a young run", n, c.long)
			}
			theirs := 0
			for range 110 {
				pass(turn)
				n := awake()
				if n > 0 {
					theirs++
				}
				turns.mu.Lock()
				for _, s := range all {
					if s.halved != (c.awake == 0) && !s.frozen() {
						t.Error("in a turn that is theirs beside young ones, long runs are kept to half of the cores, and else not")
					}
				}
				turns.mu.Unlock()
				if c.awake > 0 && n != c.awake {
					t.Fatalf("%d of %d are awake beside a young run", n, c.long)
				}
			}
			if c.awake == 0 && (theirs < 8 || theirs > 12) {
				t.Errorf("%d of 110 turns were theirs", theirs)
			}
			turns.leave()
			turns.enter() // the next one, at once
			pass(linger / 2)
			turns.leave()
			pass(linger)
			pass(turn)
			if n := awake(); n != 2 {
				t.Errorf("%d of %d are awake afterwards", n, c.long)
			}
		})
	}
}

// What has a turn beside young runs is kept to half of the cores, with all its threads and with those that they make; later it has
// them all again.
func TestKeptToHalfOfTheCores(t *testing.T) {
	turns := newTurns()
	if turns.all.Count() < 2 {
		t.Skip("THERE IS ONE CORE")
	}
	child := exec.Command("/bin/sh", "-c", "while read -r x; do grep Cpus_allowed_list /proc/self/status; done")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = child.Wait() })
	answers := bufio.NewReader(out)
	ask := func() string {
		if _, err := in.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
		line, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	a := &account{threads: filepath.Join(t.TempDir(), "threads")}
	if err := os.WriteFile(a.threads, fmt.Appendln(nil, child.Process.Pid), 0o600); err != nil {
		t.Fatal(err)
	}
	before := ask()
	a.keepTo(turns.half)
	if half := ask(); half == before || turns.half.Count() != turns.all.Count()/2 {
		t.Errorf("kept to %q of %q; half are %d of %d", half, before, turns.half.Count(), turns.all.Count())
	}
	a.keepTo(turns.all)
	if after := ask(); after != before {
		t.Errorf("afterwards it may use %q, before %q", after, before)
	}
}
