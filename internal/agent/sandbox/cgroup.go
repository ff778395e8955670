package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A host's cgroup controllers lie on one v2 hierarchy, on several v1 hierarchies, or (hybrid) on both. A tree is our
// folders in each hierarchy that has a controller we use, below the agent's own cgroup, so that its limits hold too: an
// empty one, and one beside it for each slot. Beside and not below: what shares the CPU are the children of one folder, so
// that each run counts as one process of the host, and a long one steps back behind those too.
type tree struct {
	name  string            // "stoa-<instance>-<life>"
	where map[string]branch // by controller
}

type branch struct {
	dir string // ".../stoa-<instance>-<life>", made by create; a slot's is ".../stoa-<instance>-<life>-<slot>"
	v2  bool
}

// slot is the folder of one slot.
func (b branch) slot(number int) string { return b.dir + "-" + strconv.Itoa(number) }

// owns tells whether a folder of that name, beside ours, is the tree's.
func (t *tree) owns(name string) bool { return name == t.name || strings.HasPrefix(name, t.name+"-") }

// Of v2, CPU time and freezing need no controller.
var controllers = []string{"memory", "pids", "cpu", "cpuacct", "freezer"}

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
	v2 := false
	for _, c := range controllers {
		if at, ok := mounts[c]; ok {
			t.where[c] = branch{dir: filepath.Join(at, own[c], name)}
		} else if unified != "" && (slices.Contains(offered, c) || c == "cpuacct" || c == "freezer" && v2) { // joining costs: not for freezing alone
			t.where[c], v2 = branch{dir: filepath.Join(unified, name), v2: true}, true
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
		if b.v2 && c != "cpuacct" && c != "freezer" {
			if err := delegate(filepath.Dir(b.dir), c); err != nil {
				failed[c] = err
				delete(t.where, c)
			}
		}
	}
	return failed
}

// dirs are the distinct folders of the tree, without those of its slots.
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

// delegate turns a v2 controller on for the children of the agent's cgroup. A cgroup with processes cannot have controlled
// children, so the agent itself first moves to a leaf of its own.
func delegate(parent, controller string) error {
	control := filepath.Join(parent, "cgroup.subtree_control")
	if slices.Contains(words(control), controller) {
		return nil
	}
	err := os.WriteFile(control, []byte("+"+controller), 0)
	if errors.Is(err, unix.EBUSY) {
		if err = moveToLeaf(parent); err == nil {
			err = os.WriteFile(control, []byte("+"+controller), 0)
		}
	}
	if err != nil {
		return fmt.Errorf("enable %s in %s (is the cgroup delegated to the agent, Delegate=yes?): %w", controller, parent, err)
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
		lives := map[string]bool{}
		for _, name := range folders(parent) {
			if strings.HasPrefix(name, "stoa-"+instance+"-") && !t.owns(name) {
				life, _, _ := strings.Cut(strings.TrimPrefix(name, "stoa-"+instance+"-"), "-")
				lives["stoa-"+instance+"-"+life] = true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(lives)) {
			dir := filepath.Join(parent, name)
			err = errors.Join(err, removeTree(dir))
			removed = append(removed, dir)
		}
	}
	return removed, err
}

// removeTree kills what is left in a tree's cgroups of one hierarchy and removes them. A killed process takes a moment to leave.
func removeTree(dir string) error {
	parent, t := filepath.Dir(dir), &tree{name: filepath.Base(dir)}
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		last = nil
		for _, name := range folders(parent) {
			if t.owns(name) {
				last = errors.Join(last, removeCgroup(filepath.Join(parent, name)))
			}
		}
		if last == nil {
			return nil
		}
	}
	return fmt.Errorf("remove cgroup: %w", last)
}

func folders(dir string) (names []string) {
	entries, _ := os.ReadDir(dir) // what cannot be read holds none of ours
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
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
	_ = os.WriteFile(filepath.Join(dir, freezerFile), []byte(thawed), 0) // of v1, what is frozen cannot die; elsewhere there is no such file
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
