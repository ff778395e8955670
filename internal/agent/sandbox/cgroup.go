package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A host's cgroup controllers lie on one v2 hierarchy, on several v1 hierarchies, or (hybrid) on both. A tree is our
// folder in each hierarchy that has a controller we use, below the agent's own cgroup, so that its limits hold too.
type tree struct {
	name  string            // "stoa-<instance>-<life>"
	where map[string]branch // by controller: memory, pids, cpu, cpuacct
}

type branch struct {
	dir string // ".../stoa-<instance>-<life>", made by create
	v2  bool
}

var controllers = []string{"memory", "pids", "cpu", "cpuacct"}

// mounts reads where hierarchies are mounted: v1 by controller, v2 under "".
func cgroupMounts(mountinfo string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(mountinfo) {
		left, right, ok := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if !ok || len(l) < 5 || len(r) < 3 || l[3] != "/" {
			continue
		}
		switch r[0] {
		case "cgroup2":
			found[""] = l[4]
		case "cgroup":
			for option := range strings.SplitSeq(r[2], ",") {
				if slices.Contains(controllers, option) {
					found[option] = l[4]
				}
			}
		}
	}
	return found
}

// ownCgroups reads this process's cgroup in each hierarchy: v1 by controller, v2 under "".
func ownCgroups(selfCgroup string) map[string]string {
	own := map[string]string{}
	for line := range strings.Lines(selfCgroup) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		for c := range strings.SplitSeq(parts[1], ",") {
			own[c] = parts[2]
		}
	}
	return own
}

// findTree looks for each controller, on v1 first: a controller is only ever in one place.
func findTree(name string) *tree {
	t := &tree{name: name, where: map[string]branch{}}
	info, _ := os.ReadFile("/proc/self/mountinfo")
	self, _ := os.ReadFile("/proc/self/cgroup")
	mounts, own := cgroupMounts(string(info)), ownCgroups(string(self))
	unified, _ := findUnified("")
	offered := words(filepath.Join(unified, "cgroup.controllers"))
	for _, c := range controllers {
		if at, ok := mounts[c]; ok {
			t.where[c] = branch{dir: filepath.Join(at, own[c], name)}
		} else if unified != "" && (slices.Contains(offered, c) || c == "cpuacct") {
			t.where[c] = branch{dir: filepath.Join(unified, name), v2: true} // v2 counts CPU time without a controller
		}
	}
	return t
}

// findUnified is where a cgroup of that name would lie on the v2 hierarchy.
func findUnified(name string) (string, bool) {
	info, _ := os.ReadFile("/proc/self/mountinfo")
	self, _ := os.ReadFile("/proc/self/cgroup")
	at, ok := cgroupMounts(string(info))[""]
	if !ok {
		return "", false
	}
	unified := filepath.Join(at, ownCgroups(string(self))[""])
	if filepath.Base(unified) == agentLeaf {
		unified = filepath.Dir(unified)
	}
	return filepath.Join(unified, name), true
}

// create makes our folder in each hierarchy. A hierarchy where that fails is given up, with the reason.
func (t *tree) create() map[string]error {
	failed := map[string]error{}
	for c, b := range t.where {
		err := os.Mkdir(b.dir, 0o755)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			failed[c] = err
			delete(t.where, c)
			continue
		}
		if b.v2 && c != "cpuacct" {
			if err := delegate(filepath.Dir(b.dir), b.dir, c); err != nil {
				failed[c] = err
				delete(t.where, c)
			}
		}
	}
	return failed
}

// weigh gives the tree the share of so many ordinary processes. By default a cgroup counts as one, however many runs it
// holds: on a busy host all of them together would wait behind each single process of the host. For none, it is the least.
func (t *tree) weigh(runs int) error {
	b, ok := t.where["cpu"]
	if !ok {
		return nil
	}
	file, value := "cpu.shares", min(max(1024*runs, 2), 262_144)
	if b.v2 {
		file, value = "cpu.weight", min(max(100*runs, 1), 10_000)
	}
	if err := os.WriteFile(filepath.Join(b.dir, file), strconv.AppendInt(nil, int64(value), 10), 0); err != nil {
		return fmt.Errorf("weigh the sandboxes' cpu share: %w", err)
	}
	return nil
}

// dirs are the distinct folders of the tree.
func (t *tree) dirs() []string {
	var dirs []string
	for _, b := range t.where {
		if !slices.Contains(dirs, b.dir) {
			dirs = append(dirs, b.dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

const agentLeaf = "stoa-agent"

// delegate turns a v2 controller on for the children of parent and of ours. A cgroup with processes cannot have
// controlled children, so the agent itself first moves to a leaf of its own.
func delegate(parent, ours, controller string) error {
	for _, dir := range []string{parent, ours} {
		control := filepath.Join(dir, "cgroup.subtree_control")
		if slices.Contains(words(control), controller) {
			continue
		}
		err := os.WriteFile(control, []byte("+"+controller), 0)
		if errors.Is(err, unix.EBUSY) && dir == parent {
			if err = moveToLeaf(parent); err == nil {
				err = os.WriteFile(control, []byte("+"+controller), 0)
			}
		}
		if err != nil {
			return fmt.Errorf("enable %s in %s (is the cgroup delegated to the agent, Delegate=yes?): %w", controller, dir, err)
		}
	}
	return nil
}

func moveToLeaf(parent string) error {
	leaf := filepath.Join(parent, agentLeaf)
	if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, pid := range words(filepath.Join(parent, "cgroup.procs")) {
		err := os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte(pid), 0)
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// sweep removes what earlier lives of this instance left: trees of the same instance with another name.
func (t *tree) sweep(instance string) (removed []string, err error) {
	seen := map[string]bool{}
	for _, b := range t.where {
		parent := filepath.Dir(b.dir)
		if seen[parent] {
			continue
		}
		seen[parent] = true
		entries, readErr := os.ReadDir(parent)
		if readErr != nil {
			return removed, fmt.Errorf("look for stale cgroups: %w", readErr)
		}
		for _, e := range entries {
			if e.IsDir() && strings.HasPrefix(e.Name(), "stoa-"+instance+"-") && e.Name() != t.name {
				dir := filepath.Join(parent, e.Name())
				err = errors.Join(err, removeTree(dir))
				removed = append(removed, dir)
			}
		}
	}
	return removed, err
}

// removeTree kills what is left in a tree's cgroups and removes them. A killed process takes a moment to leave.
func removeTree(dir string) error {
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		last = nil
		for _, e := range entries {
			if e.IsDir() {
				last = errors.Join(last, removeCgroup(filepath.Join(dir, e.Name())))
			}
		}
		if last = errors.Join(last, removeCgroup(dir)); last == nil {
			return nil
		}
	}
	return fmt.Errorf("remove cgroup: %w", last)
}

func removeCgroup(dir string) error {
	err := unix.Rmdir(dir)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	for _, pid := range words(filepath.Join(dir, "cgroup.procs")) {
		var n int
		if _, scanErr := fmt.Sscan(pid, &n); scanErr == nil && n > 1 {
			_ = unix.Kill(n, unix.SIGKILL)
		}
	}
	return &fs.PathError{Op: "rmdir", Path: dir, Err: err}
}

func words(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var list []string
	s := bufio.NewScanner(f)
	s.Split(bufio.ScanWords)
	for s.Scan() {
		list = append(list, s.Text())
	}
	return list
}
