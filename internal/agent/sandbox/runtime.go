package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// place is an interpreter that may become a runtime, once it has told its version.
type place struct {
	language *language
	path     string
	prefix   string // to be shown in the root too, when it lies outside of /usr
}

// findPlaces looks where interpreters are usually put. Nothing is started: that happens only inside the sandbox.
func findPlaces() []place {
	home, err := os.UserHomeDir()
	if err != nil && os.Geteuid() == 0 {
		home = "/root"
	}
	var places []place
	seen := map[string]bool{}
	for i := range languages {
		l := &languages[i]
		for _, pattern := range l.globs {
			if home == "" && strings.HasPrefix(pattern, "{home}") {
				continue
			}
			found, _ := filepath.Glob(strings.Replace(pattern, "{home}", home, 1))
			for _, name := range found {
				target, err := filepath.EvalSymlinks(name)
				if err != nil || seen[l.name+target] || l.base != nil && !l.base.MatchString(filepath.Base(name)) {
					continue
				}
				p := place{language: l, path: name}
				if !strings.HasPrefix(target, "/usr/") && !strings.HasPrefix(target, "/bin/") {
					p.path, p.prefix = target, filepath.Dir(filepath.Dir(target))
					if !trusted(p.prefix) {
						continue
					}
				}
				seen[l.name+target] = true
				places = append(places, p)
			}
		}
	}
	return places
}

// trusted tells whether only root and the agent's own user can change a folder: an interpreter that somebody else can
// exchange would run everybody's programs.
func trusted(dir string) bool {
	var st syscall.Stat_t
	if dir == "/" || syscall.Stat(dir, &st) != nil {
		return false
	}
	return (st.Uid == 0 || int(st.Uid) == os.Geteuid()) && st.Mode&0o022 == 0
}

// Runtimes returns what this host can run, newest version of each language first. The first call starts every interpreter
// once, inside the sandbox, to ask its version; later ones answer from memory.
func (d *Driver) Runtimes(ctx context.Context) ([]Runtime, error) {
	known, err := d.discover(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Runtime, len(known))
	for i, r := range known {
		list[i] = *r
	}
	return list, nil
}

func (d *Driver) discover(ctx context.Context) ([]*Runtime, error) {
	d.discovering.Lock()
	defer d.discovering.Unlock()
	if d.known != nil {
		return d.known, nil
	}
	var mu sync.Mutex
	found := []*Runtime{}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(min(4, d.config.Slots))
	for _, p := range d.places {
		group.Go(func() error {
			version, err := d.askVersion(groupCtx, p.language, p.path, p.language.env)
			if failed, ok := errors.AsType[*setupError](err); ok && failed.step == stepExec {
				err = nil // it lies where runs see something else, below /tmp say, or is another machine's
			}
			if err != nil {
				return err
			}
			if version == "" {
				d.log.Info("left out an interpreter that does not run in the sandbox", "path", p.path)
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			found = append(found, p.runtime(version))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("discover runtimes: %w", err)
	}
	order := map[string]int{}
	for i, p := range d.places {
		order[p.path] = i
	}
	slices.SortFunc(found, func(a, b *Runtime) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), -compareVersions(a.Version, b.Version), cmp.Compare(order[a.Path], order[b.Path]))
	})
	d.known = slices.CompactFunc(found, func(a, b *Runtime) bool { return a.ID() == b.ID() })
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != nil && !d.config.NoCompileCache {
		d.teardown.Go(func() { d.prepareGo(context.WithoutCancel(ctx), d.known) })
	}
	return d.known, nil
}

// askVersion starts an interpreter, inside the sandbox. It is empty when that does not tell.
func (d *Driver) askVersion(ctx context.Context, l *language, program string, env map[string]string) (string, error) {
	ask := &Runtime{
		Name: l.name, Path: program, FileName: l.file, Command: append([]string{program}, l.version...),
		Classes: []Class{ClassFresh}, Env: env,
	}
	var words strings.Builder
	result, err := d.run(ctx, ask, Job{ID: "version of " + program, Class: ClassFresh, Limits: askLimits()}, func(_ Stream, b []byte) { words.Write(b) })
	if err != nil {
		return "", err
	}
	if result.Outcome != Completed {
		return "", nil
	}
	return versionPattern.FindString(words.String()), nil
}

// askLimits are generous: what is asked is an interpreter, not a program of somebody's.
func askLimits() Limits {
	l := DefaultLimits()
	l.Wall, l.CPU, l.MemoryBytes = time.Minute, time.Minute, 512<<20
	return l
}

func (p place) runtime(version string) *Runtime {
	l := p.language
	fill := func(list []string) []string { return fill(list, p.path, version, l.file, nil) }
	r := &Runtime{
		Name: l.name, Version: version, Path: p.path, FileName: l.file, Compile: fill(l.compile), Command: fill(l.command),
		Example: l.example, Classes: []Class{ClassFresh}, MinMemoryBytes: l.memory, Env: l.env,
	}
	if len(l.compile) > 0 {
		r.artefact = filepath.Base(l.command[0])
	}
	if !l.warms(version) {
		return r
	}
	if l.warm != nil {
		r.Classes, r.warm = []Class{ClassProcess, ClassFresh}, fill(l.warm)
		if l.lean != nil {
			r.lean, r.suitsLean = fill(l.lean), l.suitsLean
		}
	}
	if l.ahead != nil {
		r.ahead = fill(l.ahead)
	}
	return r
}

// warms tells whether a version can be started ahead.
func (l *language) warms(version string) bool {
	return l.warmFrom != "" && compareVersions(version, l.warmFrom) >= 0 && (l.warmBelow == "" || compareVersions(version, l.warmBelow) < 0)
}

// fill makes a command of one that names what it stands for.
func fill(command []string, program, version, file string, options []string) []string {
	filled := make([]string, 0, len(command)+len(options))
	for _, s := range command {
		if s == "{options}" {
			filled = append(filled, options...)
			continue
		}
		filled = append(filled, strings.NewReplacer("{bin}", program, "{file}", file, "{key}", goKey(version, program)).Replace(s))
	}
	return filled
}

// runtime finds a runtime by "name", "name@version" or "name@" and the beginning of a version; the newest that fits.
func (d *Driver) runtime(id string) (*Runtime, error) {
	known, err := d.discover(context.Background())
	if err != nil {
		return nil, err
	}
	name, version, _ := strings.Cut(id, "@")
	var others []string
	for _, r := range known { // newest first
		if r.Name != name {
			continue
		}
		if version == "" || r.Version == version || strings.HasPrefix(r.Version, version+".") {
			return r, nil
		}
		others = append(others, r.ID())
	}
	if others != nil {
		return nil, &JobError{"runtime", fmt.Sprintf("%q is not on this host; there is %s", id, strings.Join(others, ", "))}
	}
	return nil, &JobError{"runtime", fmt.Sprintf("%q is not on this host", id)}
}

func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return cmp.Compare(m, n)
		}
	}
	return cmp.Compare(len(x), len(y))
}
