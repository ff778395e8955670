package attack_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// The agent, or what works for it, dies in the middle of attacks: nothing of them is left.
func TestKilled(t *testing.T) {
	for _, c := range classes {
		for _, who := range []string{"agent", "warden", "nurse", "zygote", "cell", "runsc", "everybody"} {
			if gvisor := c.name == sandbox.ClassGVisor; gvisor != (who == "runsc") && who != "agent" && who != "everybody" {
				continue
			}
			if who == "zygote" && c.name != sandbox.ClassProcess {
				continue
			}
			t.Run(string(c.name)+"/"+who, func(t *testing.T) {
				dir, err := os.MkdirTemp("", "stoa-attack-killed-") //nolint:usetesting // the test's own name would be in it
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(dir)
				v := startVictim(t, dir, c.name)
				below := descendants(v.Process.Pid)
				if len(below) < 6 {
					t.Fatalf("only %d processes below the agent: nothing is under attack", len(below))
				}
				kill(t, v.Process.Pid, below, who)
				if who != "agent" && who != "everybody" {
					// The agent goes on, ends those runs, and is stopped in order.
					_ = v.Process.Signal(syscall.SIGTERM)
				}
				_ = v.Wait()
				ended(below)
				if who == "everybody" || c.name == sandbox.ClassGVisor {
					sweep(t, dir, c.name)
				}
				if left := remains(dir); len(left) > 0 {
					t.Errorf("left: %q", left)
				}
			})
		}
	}
}

// kill ends who is named, by what it is called and whose child it is.
func kill(t *testing.T, agent int, below []process, who string) {
	t.Helper()
	if who == "agent" || who == "everybody" {
		_ = syscall.Kill(agent, syscall.SIGSTOP) // so that it starts nothing anew
		below = append(below, process{pid: agent, role: "agent"})
	}
	found := false
	for _, p := range below {
		if who == "everybody" || p.role == who {
			found = true
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
	if !found {
		t.Fatalf("there is no %s", who)
	}
}

// process is one that works below the agent.
type process struct {
	pid, parent int
	command     string
	role        string
}

func descendants(agent int) []process {
	all := map[int]process{}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		pid, _ := strconv.Atoi(strings.Split(name, "/")[2])
		stat, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		p := process{pid: pid}
		_, _ = fmt.Sscanf(rest, "%s %d", new(string), &p.parent)
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
		p.command = string(command)
		all[pid] = p
	}
	var below []process
	for _, p := range all {
		for up, depth := p.parent, 0; up > 1 && depth < 64; up, depth = all[up].parent, depth+1 {
			if up == agent {
				p.role = role(p, all[p.parent])
				below = append(below, p)
				break
			}
		}
	}
	return below
}

func role(p, parent process) string {
	isNurse := func(p process) bool { return strings.HasPrefix(p.command, "stoa-nurse\x00") }
	switch {
	case strings.Contains(p.command, "stoa-sandbox\x00warden"):
		return "warden"
	case isNurse(p) && strings.Contains(parent.command, "stoa-sandbox\x00warden"):
		return "nurse"
	case isNurse(p) && isNurse(parent):
		return "cell"
	case isNurse(parent) && strings.Contains(p.command, "/stoa/stoa-sandbox-python.py"):
		return "zygote" // and the guests that it forked
	case strings.Contains(p.command, "runsc"):
		return "runsc"
	}
	return "guest"
}

// ended waits until these are dead; what starts after them has ended with them.
func ended(below []process) {
	for _, p := range below {
		fd, err := unix.PidfdOpen(p.pid, 0)
		if err != nil {
			continue // it is
		}
		for err = unix.EINTR; errors.Is(err, unix.EINTR); {
			_, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 20_000)
		}
		unix.Close(fd)
	}
}

// sweep is the next life on the same folder, which removes what nobody was left to remove.
func sweep(t *testing.T, dir string, name sandbox.Class) {
	t.Helper()
	i := slices.IndexFunc(classes, func(c class) bool { return c.name == name })
	next, err := classes[i].open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := next.many.Run(t.Context(), sandbox.Job{ID: "next", Runtime: "bash", Class: name, Source: []byte("true")}, nil); err != nil || r.Outcome != sandbox.Completed {
		t.Errorf("after the sweep: %+v, %v", r, err)
	}
	if err := next.close(); err != nil {
		t.Error(err)
	}
}

// hostile are what a victim runs while it is killed.
var hostile = []string{
	"import os, time\nprint('up', flush=True)\nif not os.fork():\n    os.setsid()\n    if not os.fork(): pass\nwhile True: time.sleep(1)",
	"import os, time\nprint('up', flush=True)\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)",
	"import os, signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nf = open('/tmp/f', 'wb')\nprint('up', flush=True)\nwhile True: f.write(b'x' * 65536); f.seek(0)",
}

// victim is another process: it opens a class, runs attacks in it until it is killed or told to stop, and says when all are
// under way.
func victim(dir string, name sandbox.Class) int {
	i := slices.IndexFunc(classes, func(c class) bool { return c.name == name })
	ctx := context.Background()
	o, err := classes[i].open(ctx, dir)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	// The first has the interpreter warmed, so that there is a zygote to be killed.
	for r := (sandbox.Result{}); r.Class != name; {
		if r, err = o.many.Run(ctx, sandbox.Job{ID: "first", Runtime: "python", Class: name, Source: []byte("1")}, nil); err != nil {
			fmt.Println("error", err)
			return 1
		}
	}
	up := make(chan struct{}, 100)
	for _, source := range hostile {
		job := sandbox.Job{ID: "hostile", Runtime: "python", Class: name, Source: []byte(source), Limits: sandbox.Limits{Processes: 8, Wall: time.Hour, CPU: time.Hour}}
		go func() {
			_, _ = o.many.Run(ctx, job, func(sandbox.Stream, []byte) { up <- struct{}{} })
		}()
	}
	for range hostile {
		<-up
	}
	fmt.Println("up")
	<-stop
	if err := o.close(); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

func startVictim(t *testing.T, dir string, class sandbox.Class) *exec.Cmd {
	t.Helper()
	v := exec.Command(os.Args[0])
	v.Env = append(os.Environ(), "STOA_ATTACK_VICTIM="+dir, "STOA_ATTACK_CLASS="+string(class))
	v.Stderr = os.Stderr
	out, err := v.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if strings.Contains(line, "make build") {
		_ = v.Wait()
		t.Skipf("CLASS %s IS NOT ATTACKED: %s", class, line)
	}
	if line != "up\n" {
		t.Fatalf("the victim said %q, %v", line, err)
	}
	return v
}
