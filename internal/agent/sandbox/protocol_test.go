package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func FuzzReply(f *testing.F) {
	f.Add(make([]byte, replySize))
	f.Add(append([]byte{repExit, 0, 0, 0, 1, 0, 0, 0, 0x7f, 0x13}, make([]byte, replySize-10)...)) // stopped: no end
	f.Add([]byte{repExit, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeReply(b)
		if err != nil {
			if !errors.Is(err, errFrame) {
				t.Errorf("error %v", err)
			}
			return
		}
		if len(b) != replySize || r.kind < repReady || r.kind > repFailed {
			t.Errorf("accepted %x as %+v", b, r)
		}
		if code, signal := r.exit(); r.kind == repExit && signal == 0 && (code < 0 || code > 255) {
			t.Errorf("exit code %d", code)
		}
		_ = r.failure().Error()
	})
}

// The status frame comes from the guest.
func FuzzStatus(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		if code, ok := decodeStatus(b); ok && (len(b) != statusSize || code < 0 || code > 255) {
			t.Errorf("accepted %x as %d", b, code)
		}
	})
}

func TestRequestSize(t *testing.T) {
	if n := len((request{}).encode()); n != requestSize {
		t.Errorf("a request has %d bytes, the helper expects %d", n, requestSize)
	}
}

// The helper has walls of its own: what the agent would refuse is put to it directly.
func TestHelperRefuses(t *testing.T) {
	d := driver(t)
	file := func(path string) payload {
		return payload{argv: []string{"/bin/true"}, files: []File{{Path: path, Content: []byte("x")}}}
	}
	for name, p := range map[string]payload{
		"absolute path": file("/tmp/x"), "parent path": file("../x"), "inner parent": file("a/../../x"), "magic link": file("/proc/self/cwd/x"),
		"through a device": file("/dev/null"), "no program": {}, "file twice": {argv: []string{"/bin/true"}, files: []File{{Path: "a"}, {Path: "a"}}},
		"missing program": {argv: []string{"/nowhere"}}, "a folder as program": {argv: []string{"/usr"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := d.ward(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer w.users.Done()
			def := DefaultLimits()
			c, err := w.pool.acquire(t.Context(), size{def.DiskBytes, def.InodeCount})
			if err != nil {
				t.Fatal(err)
			}
			defer w.pool.retire(c)
			r := &run{ward: w, cell: c, sink: newSink(1000, nil, func() {})}
			err = r.process(t.Context(), p, def, &Job{})
			if _, ok := errors.AsType[*setupError](err); !ok {
				t.Errorf("got %+v, %v; want a setup error", r.result, err)
			}
			t.Log(err)
		})
	}
}

// Payloads cut off or bent anywhere end the guest's start, not the helper.
func TestBrokenPayload(t *testing.T) {
	d := driver(t)
	whole := payload{argv: []string{"/bin/true", "a"}, env: []string{"A=b"}, files: []File{{Path: "d/f", Content: []byte("content")}}}.encode()
	try1 := func(b []byte) error {
		fd, err := unix.MemfdCreate("broken", unix.MFD_CLOEXEC)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if _, err := unix.Write(fd, b); err != nil {
			t.Fatal(err)
		}
		w, err := d.ward(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer w.users.Done()
		c, err := w.pool.acquire(t.Context(), size{1 << 20, 100})
		if err != nil {
			t.Fatal(err)
		}
		defer w.pool.retire(c)
		p, err := newPipes(w.nursery.hostUID(c.slot.uid(w.nursery)))
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		ended := make(chan reply, 4)
		id := w.nursery.expect(func(r reply, _ []int) { ended <- r })
		q := request{kind: reqRun, id: id, uid: c.slot.uid(w.nursery), fsize: 1 << 20, cpu: 2, processes: 8, files: 64}
		if err := w.nursery.send(q, append([]int{c.pidfd, fd, p.theirs[0], p.theirs[1], p.theirs[2], p.theirs[2]}, c.slot.account.tasks...)...); err != nil {
			t.Fatal(err)
		}
		if r := <-ended; r.kind == repFailed {
			return r.failure()
		}
		return nil
	}
	if err := try1(whole); err != nil {
		t.Fatalf("the whole payload: %v", err)
	}
	for n := range whole {
		if err := try1(whole[:n]); err == nil {
			t.Errorf("cut after %d of %d bytes, yet it started", n, len(whole))
		}
	}
	for i := range 48 { // lengths and counts, made enormous
		bent := append([]byte(nil), whole...)
		bent[i] ^= 0xff
		_ = try1(bent)
	}
	if err := try1(whole); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestHostErrors(t *testing.T) {
	for _, text := range []string{"bind /x: Operation not permitted"} {
		if _, ok := errors.AsType[*HostError](explainStart(errors.New(text))); !ok {
			t.Errorf("%q is no HostError", text)
		}
	}
	if _, ok := errors.AsType[*HostError](explainStart(errors.New("disk full"))); ok {
		t.Error("any error is a HostError")
	}
}

// On a host that forbids namespaces Open refuses, and says what to enable. Such a host is made here by bubblewrap's kind of
// sandbox: ours. The driver's own test binary is run inside it.
func TestRefusesToRunUnisolated(t *testing.T) {
	d := driver(t)
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	r, o := try(t, d, Job{
		Runtime: "bash", Source: []byte("STOA_SANDBOX_VICTIM=/tmp/d ./test"), Files: []File{{Path: "test", Content: self, Executable: true}},
		Limits: Limits{MemoryBytes: 512 << 20, DiskBytes: 128 << 20, Processes: 128},
	})
	if r.Outcome != Failed || !strings.Contains(o.out.String(), "cannot isolate") {
		t.Errorf("%+v\n%s%s", r, o.out.String(), o.err.String())
	}
	t.Log(o.out.String())
}

func TestCgroupDiscovery(t *testing.T) {
	mounts := cgroupMounts(`25 1 0:22 / /sys/fs/cgroup ro - tmpfs tmpfs ro
26 25 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
28 25 0:25 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
29 25 0:26 /docker/x /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
`)
	if diff := cmp.Diff(map[string]string{
		"": "/sys/fs/cgroup/unified", "cpu": "/sys/fs/cgroup/cpu,cpuacct", "cpuacct": "/sys/fs/cgroup/cpu,cpuacct", "memory": "/sys/fs/cgroup/memory",
	}, mounts); diff != "" {
		t.Error(diff)
	}
	own := ownCgroups("4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/user.slice\n")
	if diff := cmp.Diff(map[string]string{"memory": "/a/b", "cpu": "/c", "cpuacct": "/c", "": "/user.slice"}, own); diff != "" {
		t.Error(diff)
	}
}

// A v2 hierarchy whose every file is ours, as under systemd with Delegate=yes. Files stand in for the kernel's, so this
// shows which are written, not that the kernel obeys.
func TestCgroupV2Files(t *testing.T) {
	parent := t.TempDir()
	for name, content := range map[string]string{"cgroup.subtree_control": "", "cgroup.procs": "", "cgroup.controllers": "cpu memory pids\n"} {
		if err := os.WriteFile(filepath.Join(parent, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(parent, "stoa-x-y")
	tr := &tree{name: "stoa-x-y", where: map[string]branch{}}
	for _, c := range controllers {
		tr.where[c] = branch{dir: dir, v2: true}
	}
	if err := os.MkdirAll(dir+"-0", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"s0/cgroup.freeze": "0\n", "s0/cgroup.procs": "", "s0/memory.max": "", "s0/memory.peak": "0\n", "s0/memory.swap.max": "max\n",
		"s0/memory.oom.group": "0\n", "s0/memory.events": "low 0\nhigh 0\nmax 0\noom 1\noom_kill 3\noom_group_kill 0\n", "s0/pids.max": "", "s0/pids.events": "max 5\n",
		"s0/cpu.max": "max 100000\n", "s0/cpu.stat": "usage_usec 1234\nuser_usec 1000\nsystem_usec 234\n",
	} {
		if err := os.WriteFile(strings.Replace(filepath.Join(parent, name), "s0", "stoa-x-y-0", 1), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if failed := tr.create(); len(failed) > 0 {
		t.Fatal(failed)
	}
	a, err := tr.open(0, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if err := a.limit(123456789, 17); err != nil {
		t.Fatal(err)
	}
	a.freeze(true)
	for name, want := range map[string]string{
		"s0/cgroup.freeze": "1\n", "s0/memory.max": "123456789", "s0/pids.max": "17", "s0/cpu.max": "150000 100000", "s0/memory.swap.max": "0", "s0/memory.oom.group": "1",
	} {
		if b, _ := os.ReadFile(strings.Replace(filepath.Join(parent, name), "s0", "stoa-x-y-0", 1)); string(b) != want {
			t.Errorf("%s is %q, want %q", name, b, want)
		}
	}
	if len(a.tasks) != 1 || a.cpuTotal().Microseconds() != 1234 || a.count(a.oom, "oom_kill ") != 3 || a.count(a.forks, "max ") != 5 {
		t.Errorf("%d tasks files, cpu %v, oom %d, forks %d", len(a.tasks), a.cpuTotal(), a.count(a.oom, "oom_kill "), a.count(a.forks, "max "))
	}
}
