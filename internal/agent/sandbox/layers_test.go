package sandbox

import (
	"os"
	"strings"
	"testing"
)

// Each wall stands by itself: what only this one would refuse is refused.
func TestLayers(t *testing.T) {
	d := driver(t)
	tests := map[string]string{
		// The file belongs to the guest and its mount is writable: without Landlock this write succeeds.
		"landlock": "refused('write outside of its folders', lambda: open('/proc/self/comm', 'w').write('x'))",
		// Unprivileged and allowed by the kernel: without the filter these succeed.
		"seccomp": `
libc.unshare.argtypes = [ctypes.c_int]
if libc.unshare(0x10000000) != -1: print('ESCAPED: made a user namespace')
refused('netlink', socket.socket, 16, 3, 0); refused('vsock', socket.socket, 40, 1, 0)
if libc.personality(0x0040000) != -1: print('ESCAPED: personality')`,
		"user namespace": `
lines = open('/proc/self/uid_map').read().split()
if lines == ['0', '0', '4294967295']: print('ESCAPED: in the first user namespace')
if os.stat('/usr').st_uid == 0 and lines[2] != '1': print('ESCAPED: the host\'s root is mapped')`,
		"no_new_privs": "if 'NoNewPrivs:\\t1' not in open('/proc/self/status').read(): print('ESCAPED')",
	}
	for name, script := range tests {
		if name == "landlock" && landlockABI() == 0 {
			t.Log("THIS KERNEL HAS NO LANDLOCK: its wall is not tested")
			continue
		}
		t.Run(name, func(t *testing.T) { attack(t, d, script, Limits{}) })
	}
}

// A host without cgroups still bounds and counts what it can, and says so.
func TestWithoutCgroups(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true, find: func(name string) *tree {
		return &tree{name: name, where: map[string]branch{}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	weak := 0
	for _, e := range d.Enforcement() {
		if !e.OK && strings.HasPrefix(e.How, "none") {
			weak++
		}
	}
	if weak != len(controllers) {
		t.Errorf("%d of %d controllers are said to be missing: %v", weak, len(controllers), d.Enforcement())
	}
	classes(t, d, "python", func(t *testing.T, c Class) {
		for source, want := range map[string]Result{
			"print(1)":                         {Outcome: Completed},
			"x = bytearray(2 << 30)":           {Outcome: Failed},
			"while True: pass":                 {Outcome: TimedOut, Reason: ReasonCPU},
			"import os\nwhile True: os.fork()": {Outcome: TimedOut, Reason: ReasonWall},
		} {
			limits := Limits{CPU: 1e9}
			if want.Reason == ReasonWall {
				limits.Wall = 4e9
			}
			r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(source), Limits: limits})
			if r.Outcome != want.Outcome && !strings.Contains(source, "fork") || r.Outcome == Completed && r.Usage.PeakMemoryBytes == 0 {
				t.Errorf("%q: %+v %s", source, r, o.err.String())
			}
		}
	})
	if s := d.Settle(); len(s) > 0 {
		t.Errorf("alive after their runs: %v", s)
	}
}

// The v2 hierarchy of a hybrid host has no controllers, but it can be joined, and it counts CPU time.
func TestCgroupV2Joined(t *testing.T) {
	driver(t)
	if _, ok := findUnified("x"); !ok || os.Geteuid() != 0 {
		t.Skip("THIS HOST HAS NO CGROUP V2 MOUNT, OR WE ARE NOT ROOT")
	}
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true, find: func(name string) *tree {
		dir, _ := findUnified(name)
		return &tree{name: name, where: map[string]branch{"cpuacct": {dir: dir, v2: true}}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	classes(t, d, "python", func(t *testing.T, c Class) {
		r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte("import time, os\nif not os.fork():\n  while time.process_time() < 0.2: pass\n  os._exit(0)\nos.wait()\nprint(open('/proc/self/cgroup').read())")})
		if r.Outcome != Completed || r.Usage.CPU < 200e6 || r.Usage.CPU > 20e9 || !strings.Contains(o.out.String(), "0::/\n") {
			t.Errorf("%+v %s", r, o.out.String())
		}
	})
	dir := d.current.tree.dirs()[0]
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if words(dir+"/cgroup.controllers") != nil || len(cgroupsOf(d.config.Dir)) > 0 {
		t.Errorf("left %s", dir)
	}
}
