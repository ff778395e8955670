package attack_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/attack"
	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

var every = flag.Bool("every", false, "every attack in every language of every class, and a table of them")

func TestMain(m *testing.M) {
	if dir := os.Getenv("STOA_ATTACK_VICTIM"); dir != "" {
		os.Exit(victim(dir, sandbox.Class(os.Getenv("STOA_ATTACK_CLASS"))))
	}
	flag.Parse()
	if testing.Short() {
		fmt.Println("Attacks take a minute; not with -short.")
		return
	}
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("6") // most attacks wait for a limit
	}
	os.Exit(m.Run())
}

// opened is a class that is ready to be attacked.
type opened struct {
	many, alone attack.Driver
	close       func() error
}

// class is one, with how to open it.
type class struct {
	name sandbox.Class
	in   string // what programs see, where that is not the host's
	open func(ctx context.Context, dir string) (opened, error)
}

func (c class) String() string { return strings.TrimSpace(string(c.name) + " " + c.in) }

// classes are all there are.
var classes = []class{
	{sandbox.ClassProcess, "", openSandbox},
	{sandbox.ClassProcess, "in an image", openImage},
	{sandbox.ClassFresh, "", openSandbox},
	{sandbox.ClassGVisor, "", openGVisor},
}

func openSandbox(ctx context.Context, dir string) (opened, error) {
	quiet := slog.New(slog.DiscardHandler)
	many, err := sandbox.Open(ctx, sandbox.Config{Dir: filepath.Join(dir, "many"), Log: quiet, NoCompileCache: !*every, Slots: 16})
	if err != nil {
		return opened{}, err
	}
	alone, err := sandbox.Open(ctx, sandbox.Config{Dir: filepath.Join(dir, "alone"), Log: quiet, NoCompileCache: true, Slots: 1, Parked: -1})
	if err != nil {
		return opened{}, errors.Join(err, many.Close())
	}
	return opened{many, alone, func() error { return errors.Join(many.Close(), alone.Close()) }}, nil
}

func openGVisor(ctx context.Context, dir string) (opened, error) {
	runsc, err := filepath.Abs("../../../bin/" + gvisor.Program)
	if err != nil {
		return opened{}, err
	}
	if _, err := os.Stat(runsc); err != nil {
		return opened{}, &sandbox.HostError{Missing: []string{"bin/stoa-runsc: `make build` makes it"}}
	}
	base, err := openSandbox(ctx, dir)
	if err != nil {
		return opened{}, err
	}
	quiet := slog.New(slog.DiscardHandler)
	many, err := gvisor.Open(ctx, gvisor.Config{Base: base.many.(*sandbox.Driver), Runsc: runsc, Dir: filepath.Join(dir, "gvisor"), Log: quiet, Slots: 8})
	if err != nil {
		return opened{}, errors.Join(err, base.close())
	}
	alone, err := gvisor.Open(ctx, gvisor.Config{Base: base.alone.(*sandbox.Driver), Runsc: runsc, Dir: filepath.Join(dir, "gvisor-alone"), Log: quiet, Slots: 1, Idle: -1})
	if err != nil {
		return opened{}, errors.Join(err, many.Close(), base.close())
	}
	return opened{many, alone, func() error { return errors.Join(many.Close(), alone.Close(), base.close()) }}, nil
}

// cheap are the languages in the order of what a run costs.
var cheap = []string{"bash", "perl", "python", "c", "ruby", "lua", "php", "node", "cpp", "rust", "deno", "java", "go"}

// TestAttacks runs every attack in every class: once, or with -every in each language.
func TestAttacks(t *testing.T) {
	all, err := attack.All()
	if err != nil {
		t.Fatal(err)
	}
	score, library := &table{}, t.TempDir()
	if cache, err := os.UserCacheDir(); err == nil && *every {
		library = filepath.Join(cache, "stoa-attack-go") // from time to time
		if err := os.MkdirAll(library, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range classes {
		t.Run(c.String(), func(t *testing.T) {
			// The folder's name is what an attack looks for where no path of the host should show.
			dir, err := os.MkdirTemp("", "stoa-attack-arena-") //nolint:usetesting // the test's own name would be in it
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			host, err := attack.Watch(filepath.Join(dir, "host"))
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			if err := os.CopyFS(filepath.Join(dir, "drivers", "many", "cache"), os.DirFS(library)); err != nil {
				t.Fatal(err)
			}
			o, err := c.open(t.Context(), filepath.Join(dir, "drivers"))
			if h, ok := errors.AsType[*sandbox.HostError](err); ok && os.Getenv("CI") == "" {
				t.Skipf("CLASS %s IS NOT ATTACKED: %v", c, h)
			}
			if err != nil {
				t.Fatal(err)
			}
			arena := &attack.Arena{Class: c.name, Driver: o.many, Alone: o.alone, Host: host}
			if *every && c.in == "" {
				prepareGo(t, o.many, filepath.Join(dir, "drivers", "many", "cache"), library)
			}
			tries := all
			if c.in != "" {
				tries = slices.DeleteFunc(slices.Clone(all), needsMore)
			}
			storm(t, arena, tries, func(group string, held bool) { score.add(group, c.String(), held) })
			if err := o.close(); err != nil {
				t.Error(err)
			}
			if left := remains(dir); len(left) > 0 {
				t.Errorf("left after the class was closed: %q", left)
			}
		})
	}
	if *every {
		fmt.Print(score)
	}
}

// prepareGo has the driver compile Go's library, and keeps a copy for the next class. Without it each Go program takes
// half a minute.
func prepareGo(t *testing.T, d attack.Driver, cache, library string) {
	t.Helper()
	job := sandbox.Job{ID: "go", Runtime: "go", Source: []byte("package main\n\nfunc main() {}\n"), Limits: sandbox.Limits{}}
	for range 40 {
		if there, _ := filepath.Glob(cache + "/*/importcfg"); there != nil {
			if err := os.CopyFS(library, os.DirFS(cache)); err != nil && !errors.Is(err, os.ErrExist) {
				t.Fatal(err)
			}
			return
		}
		if _, err := d.Run(t.Context(), job, nil); err != nil {
			t.Log("no Go here:", err)
			return
		}
	}
	t.Log("Go's library is not ready")
}

// storm runs the groups one after the other, and the attacks of a group together.
func storm(t *testing.T, arena *attack.Arena, all []attack.Attack, score func(group string, held bool)) {
	t.Helper()
	runtimes, err := arena.Driver.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]sandbox.Runtime{}
	for _, rt := range slices.Backward(runtimes) { // the newest
		if !slices.Contains(cheap, rt.Name) {
			t.Errorf("nothing is tried in %s", rt.Name)
		}
		if slices.Contains(rt.Classes, arena.Class) {
			byName[rt.Name] = rt
		}
	}
	for group := range groups(all) {
		t.Run(group[0].Group, func(t *testing.T) {
			t.Cleanup(func() {
				for _, d := range []attack.Driver{arena.Driver, arena.Alone} {
					if left := d.Settle(); len(left) > 0 {
						t.Errorf("alive after their runs: %v", left)
					}
				}
			})
			for _, a := range group {
				for _, p := range chosen(a, byName, arena.Class) {
					t.Run(a.Name+"/"+p.Runtime, func(t *testing.T) {
						t.Parallel()
						err := arena.Try(t.Context(), a, p, byName[p.Runtime])
						score(group[0].Group, err == nil)
						if err != nil {
							t.Errorf("%s\n%v", a.About, err)
						}
					})
				}
			}
		})
	}
}

func groups(all []attack.Attack) func(func([]attack.Attack) bool) {
	return func(yield func([]attack.Attack) bool) {
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(a attack.Attack) bool { return a.Group != all[0].Group })
			if n < 0 {
				n = len(all)
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// chosen are the programs of an attack that are run here.
func chosen(a attack.Attack, byName map[string]sandbox.Runtime, in sandbox.Class) []attack.Program {
	if a.Not[in] != "" || a.Slow != "" && !*every {
		return nil
	}
	there := slices.DeleteFunc(slices.Clone(a.Programs), func(p attack.Program) bool { return byName[p.Runtime].Name == "" })
	slices.SortFunc(there, func(a, b attack.Program) int {
		return cmp.Compare(slices.Index(cheap, a.Runtime), slices.Index(cheap, b.Runtime))
	})
	if !*every && len(there) > 1 {
		there = there[:1]
	}
	return there
}

// remains lists what tells of a closed or killed driver in dir: processes that know it by their command line, mounts or
// environment, mounts of our own, and cgroups.
func remains(dir string) []string {
	var left []string
	for _, file := range []string{"cmdline", "mountinfo", "environ"} {
		names, _ := filepath.Glob("/proc/[0-9]*/" + file)
		for _, name := range names {
			if b, _ := os.ReadFile(name); strings.Contains(string(b), dir) && (file == "mountinfo" || !strings.HasPrefix(name, fmt.Sprintf("/proc/%d/", os.Getpid()))) {
				left = append(left, name)
			}
		}
	}
	return append(left, attack.Cgroups(dir)...)
}

// table counts who held.
type table struct {
	mu    sync.Mutex
	cells map[string]map[string][2]int // held, of
}

func (s *table) add(group, class string, held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cells == nil {
		s.cells = map[string]map[string][2]int{}
	}
	if s.cells[group] == nil {
		s.cells[group] = map[string][2]int{}
	}
	n := s.cells[group][class]
	n[1]++
	if held {
		n[0]++
	}
	s.cells[group][class] = n
}

func (s *table) String() string {
	var b strings.Builder
	b.WriteString("\n| group |")
	for _, c := range classes {
		fmt.Fprintf(&b, " `%s` |", c)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(classes)) + "|\n")
	for _, group := range slices.Sorted(maps.Keys(s.cells)) {
		fmt.Fprintf(&b, "| %s |", group)
		for _, c := range classes {
			n := s.cells[group][c.String()]
			fmt.Fprintf(&b, " %d/%d |", n[0], n[1])
		}
		b.WriteString("\n")
	}
	return b.String()
}
