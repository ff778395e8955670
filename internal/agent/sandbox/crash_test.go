package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// victim is another process that holds a Driver and runs hostile jobs, saying on stdout how far it is, until it is killed.
func victim(dir string) int {
	ctx := context.Background()
	fmt.Println("opening")
	d, err := Open(ctx, Config{Dir: dir, Log: quiet(), Parked: 2})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("opened")
	if os.Getenv("STOA_SANDBOX_LONG") != "" {
		return longVictim(ctx, d)
	}
	jobs := []Job{
		python("import os, time\nfor i in range(6):\n  if os.fork() == 0: os.setsid()\nprint('forked', flush=True)\ntime.sleep(600)"),
		bash("echo started; cat /dev/zero > /tmp/full; sleep 600"),
		bash("echo compiling; exec sleep 600"),
		{Runtime: "c", Source: []byte("#include \"/dev/zero\"\nint main() {}")},
	}
	for round := 0; ; round++ {
		for _, job := range jobs {
			job.Limits = Limits{Wall: time.Duration(50*(round+1)) * time.Millisecond, Processes: 128}
			go func() {
				_, err := d.Run(ctx, job, func(_ Stream, p []byte) { fmt.Print(string(p)) })
				fmt.Println("ended", err)
			}()
		}
		if round < 3 {
			_, _ = d.Run(ctx, python("print('hello')"), func(_ Stream, p []byte) { fmt.Print(string(p)) })
			continue
		}
		select {}
	}
}

// longVictim has more long runs than may be busy at once, and says when one of them stands still.
func longVictim(ctx context.Context, d *Driver) int {
	for range 3 * runtime.NumCPU() {
		job := bash("while :; do :; done & while :; do :; done")
		job.Limits = Limits{Wall: time.Hour, CPU: time.Hour}
		go func() { _, _ = d.Run(ctx, job, nil) }()
	}
	for {
		t := d.current.turns
		t.mu.Lock()
		frozen := len(t.waiting)
		t.mu.Unlock()
		if frozen > 0 {
			fmt.Println("frozen")
			select {}
		}
		<-time.After(turn)
	}
}

// startVictim returns once the victim has printed so many lines.
func startVictim(t *testing.T, dir string, lines int, more ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), "STOA_SANDBOX_VICTIM="+dir), more...)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(out)
	for range lines {
		if !s.Scan() {
			t.Fatalf("the victim ended early: %v", c.Wait())
		}
		if strings.HasPrefix(s.Text(), "error") {
			t.Fatal(s.Text())
		}
	}
	go func() { // let it go on printing
		for s.Scan() {
		}
	}()
	return c
}

// descendants lists every living process below pid.
func descendants(pid int) []int {
	parent := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		id, _ := strconv.Atoi(strings.Split(name, "/")[2])
		_, rest, _ := strings.Cut(string(b), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 {
			parent[id], _ = strconv.Atoi(fields[1])
		}
	}
	var below []int
	for id := range parent {
		for p, depth := parent[id], 0; p > 1 && depth < 64; p, depth = parent[p], depth+1 {
			if p == pid {
				below = append(below, id)
				break
			}
		}
	}
	return below
}

// watchEnd opens pidfds, which become readable when their process ends.
func watchEnd(pids []int) (ended func(timeout time.Duration) []int) {
	fds := map[int]int{}
	for _, pid := range pids {
		if fd, err := unix.PidfdOpen(pid, 0); err == nil {
			fds[pid] = fd
		}
	}
	return func(timeout time.Duration) (alive []int) {
		deadline := time.Now().Add(timeout)
		for pid, fd := range fds {
			poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := 0, error(unix.EINTR)
			for errors.Is(err, unix.EINTR) {
				n, err = unix.Poll(poll, int(max(time.Until(deadline).Milliseconds(), 0)))
			}
			if n == 0 {
				alive = append(alive, pid)
			}
			unix.Close(fd)
		}
		return alive
	}
}

func cgroupsOf(dir string) (found []string) {
	d := &Driver{config: Config{Dir: dir}}
	for _, b := range findTree("x").where {
		more, _ := filepath.Glob(filepath.Join(filepath.Dir(b.dir), "stoa-"+d.instanceName()+"-*"))
		found = append(found, more...)
	}
	if at, ok := findUnified("stoa-" + d.instanceName() + "-*"); ok {
		more, _ := filepath.Glob(at)
		found = append(found, more...)
	}
	return found
}

func mountsOf(dir string) (found []string) {
	infos, _ := filepath.Glob("/proc/[0-9]*/mountinfo")
	for _, name := range infos {
		b, _ := os.ReadFile(name)
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, dir) {
				found = append(found, name+": "+line)
			}
		}
	}
	return found
}

// Whenever the agent is killed, nothing of it stays: no process, no cgroup, no mount.
func TestAgentKilled(t *testing.T) {
	driver(t)
	most := 0 // a moment between two runs may show few
	for lines := 1; lines <= 10; lines++ {
		t.Run(fmt.Sprintf("after %d steps", lines), func(t *testing.T) {
			dir := t.TempDir()
			v := startVictim(t, dir, lines)
			below := descendants(v.Process.Pid)
			most = max(most, len(below))
			ended := watchEnd(below)
			if err := v.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = v.Wait()
			if alive := ended(time.Minute); len(alive) > 0 {
				t.Errorf("alive after the agent was killed: %v", alive)
			}
			if left := leftAfter(t, dir); len(left) > 0 {
				t.Errorf("left after the agent was killed: %q", left)
			}
		})
	}
	if most < 3 {
		t.Errorf("never more than %d processes below the victim: the test saw nothing", most)
	}
}

// What stands still while others have their turn dies with the agent too.
func TestAgentKilledInATurn(t *testing.T) {
	if driver(t).current.slots[0].account.freezer < 0 {
		t.Skip("THIS HOST HAS NO CGROUP THAT FREEZES")
	}
	dir := t.TempDir()
	v := startVictim(t, dir, 3, "STOA_SANDBOX_LONG=1")
	ended := watchEnd(descendants(v.Process.Pid))
	if err := v.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = v.Wait()
	if alive := ended(time.Minute); len(alive) > 0 {
		t.Errorf("alive after the agent was killed: %v", alive)
	}
	if left := leftAfter(t, dir); len(left) > 0 {
		t.Errorf("left after the agent was killed: %q", left)
	}
}

// leftAfter reports what is left once every process is done that knows the folder by its command line (the warden), its
// mounts (what the warden started) or its environment (the agent's child that was not yet the warden).
func leftAfter(t *testing.T, dir string) []string {
	t.Helper()
	knows := func() map[int]bool {
		pids := map[int]bool{}
		for _, file := range []string{"cmdline", "mountinfo", "environ"} {
			names, _ := filepath.Glob("/proc/[0-9]*/" + file)
			for _, name := range names {
				pid, _ := strconv.Atoi(strings.Split(name, "/")[2])
				if b, _ := os.ReadFile(name); pid != os.Getpid() && strings.Contains(string(b), dir) {
					pids[pid] = true
				}
			}
		}
		return pids
	}
	var left []string
	deadline := time.Now().Add(time.Minute)
	for pids := knows(); len(pids) > 0; pids = knows() {
		if alive := watchEnd(slices.Collect(maps.Keys(pids)))(time.Until(deadline)); len(alive) > 0 {
			return append(left, fmt.Sprint("processes ", alive))
		}
	}
	return append(append(left, cgroupsOf(dir)...), mountsOf(dir)...)
}

// When the agent and its helper are killed together, nobody is left to remove the cgroups: the next life does, and
// touches no other agent's.
func TestSweep(t *testing.T) {
	d := driver(t)
	dir := t.TempDir()
	v := startVictim(t, dir, 4)
	below := descendants(v.Process.Pid)
	ended := watchEnd(below)
	_ = syscall.Kill(v.Process.Pid, syscall.SIGSTOP) // so that it starts nothing anew
	slices.Sort(below)                               // the warden, which would clean up after the others, is the oldest
	for _, pid := range append(below, v.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = v.Wait()
	if alive := ended(time.Minute); len(alive) > 0 {
		t.Fatalf("alive after everything was killed: %v", alive)
	}
	if d.current.tree.where["memory"].dir != "" && len(cgroupsOf(dir)) == 0 {
		t.Fatal("nothing is left to be swept: the test proves nothing")
	}
	next, err := Open(t.Context(), Config{Dir: dir, Log: quiet(), Parked: -1, Slots: 1, NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range cgroupsOf(dir) {
		if !next.current.tree.owns(filepath.Base(dir)) {
			t.Errorf("not swept: %s", dir)
		}
	}
	if r, _ := try(t, next, python("print(1)")); r.Outcome != Completed {
		t.Errorf("%+v", r)
	}
	if r, _ := try(t, d, python("print(1)")); r.Outcome != Completed {
		t.Errorf("another agent's sandbox after the sweep: %+v", r)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
	if left := leftAfter(t, dir); len(left) > 0 {
		t.Errorf("left after Close: %q", left)
	}
}

// When the helper dies, what ran in it ends as our error, and the next run gets a new one.
func TestHelperKilled(t *testing.T) {
	driver(t)
	dir := t.TempDir()
	d, err := Open(t.Context(), Config{Dir: dir, Log: quiet(), NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	classes(t, d, "python", func(t *testing.T, c Class) {
		job := python("import time\nprint('up', flush=True)\ntime.sleep(600)")
		job.Class = c
		n := d.current.nursery
		r, err := d.Run(t.Context(), job, func(Stream, []byte) { _ = n.command.Process.Kill() })
		if err == nil || r.Outcome != Error {
			t.Errorf("the helper was killed, yet: %+v, %v", r, err)
		}
		<-n.ended
		job.Source = []byte("print(1)")
		if r, _ := try(t, d, job); r.Outcome != Completed {
			t.Errorf("after the helper was killed: %+v", r)
		}
	})
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if left := leftAfter(t, dir); len(left) > 0 {
		t.Errorf("left after Close: %q", left)
	}
}
