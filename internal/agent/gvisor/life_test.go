package gvisor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// remains lists the processes and cgroups of the driver that owns dir.
func remains(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range commands {
		words, _ := os.ReadFile(name)
		if strings.Contains(string(words), dir) && !strings.Contains(string(words), "-test.") {
			found = append(found, strings.ReplaceAll(string(words), "\x00", " "))
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), dir) {
		found = append(found, "a mount")
	}
	return found
}

// victim is another process with a driver and a job that runs, until it is killed.
func victim(dir string) int {
	if err := openDrivers(dir); err != nil {
		fmt.Println("error", err)
		return 1
	}
	job := sandbox.Job{Runtime: "bash", Source: []byte("sleep 600 & echo running; sleep 600")}
	if _, err := os.Stat("/dev/net/tun"); err == nil {
		job.Network = func(tun *os.File) (func(), error) { return func() { tun.Close() }, nil }
	}
	_, err := shared.Run(context.Background(), job, func(_ sandbox.Stream, p []byte) { fmt.Print(string(p)) })
	fmt.Println("ended", err)
	return 1
}

// An agent that was killed leaves nothing: what runs ends by itself, the next start removes the rest.
func TestAgentKilled(t *testing.T) {
	driver(t)
	dir := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "STOA_GVISOR_VICTIM="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "running\n" {
		t.Fatalf("the victim said %q, %v", line, err)
	}
	if len(remains(t, filepath.Join(dir, "gvisor"))) == 0 {
		t.Fatal("nothing runs: this test sees nothing")
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	again, err := Open(t.Context(), Config{Base: base, Runsc: shared.config.Runsc, Dir: filepath.Join(dir, "gvisor"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if left := remains(t, filepath.Join(dir, "gvisor")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestClosed(t *testing.T) {
	driver(t)
	dir := t.TempDir()
	d, err := Open(t.Context(), Config{Base: base, Runsc: shared.config.Runsc, Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	on := make(chan struct{}, 1)
	ended := make(chan error, 1)
	go func() {
		_, err := d.Run(context.Background(), sandbox.Job{Runtime: "bash", Source: []byte("echo on; sleep 600")},
			func(sandbox.Stream, []byte) { on <- struct{}{} })
		ended <- err
	}()
	<-on
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("a job outlived its driver")
	}
	if left := remains(t, dir); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if _, err := d.Run(t.Context(), sandbox.Job{Runtime: "bash", Source: []byte("true")}, nil); err == nil {
		t.Error("a closed driver runs jobs")
	}
}

// The next job gets the sandbox that was started ahead; one that nobody needs goes.
func TestAhead(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Base: base, Runsc: shared.config.Runsc, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	run := func() {
		t.Helper()
		r, err := d.Run(t.Context(), sandbox.Job{Runtime: "bash", Source: []byte("true")}, nil)
		if err != nil || r.Outcome != sandbox.Completed {
			t.Fatalf("%+v, %v", r, err)
		}
		d.teardown.Wait()
	}
	if d.ahead != nil {
		t.Error("a sandbox waits before there was any work")
	}
	run()
	first := d.ahead
	if first == nil {
		t.Fatal("no sandbox was started ahead")
	}
	run()
	select {
	case <-first.gone:
	default:
		t.Error("the sandbox that was started ahead was not used, or used and not killed")
	}
	d.drop(d.ahead)
	d.teardown.Wait()
	if d.ahead != nil || len(d.free) != cap(d.free) {
		t.Errorf("%d of %d slots are free", len(d.free), cap(d.free))
	}
}

// What this class adds: the kernel is another one, and what is there of the host is what the sandbox shows.
func TestWalls(t *testing.T) {
	d := driver(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf(`
import os, socket, ctypes
def refused(what, f, *a):
    try: print('ESCAPED:', what, f(*a))
    except OSError: pass
if 'gvisor' not in os.uname().release: print('ESCAPED: the kernel is', os.uname())
refused('host file', open, %q); refused('agent', os.listdir, %q); refused('shadow', open, '/etc/shadow')
for d in ['/', '/usr', '/etc', '/stoa', '/cell', '/sys/fs/cgroup/pids', '/proc/sys']: refused('write ' + d, open, d + '/x', 'w')
refused('root', os.setuid, 0); refused('kill', os.kill, 1, 9); refused('trace', open, '/proc/1/mem'); refused('chroot', os.chroot, '/')
refused('connect', socket.create_connection, ('127.0.0.1', %d), 1)
refused('internet', socket.create_connection, ('1.1.1.1', 53), 1)
refused('raw', socket.socket, socket.AF_INET, socket.SOCK_RAW, 1); refused('packet', socket.socket, socket.AF_PACKET, socket.SOCK_RAW)
libc = ctypes.CDLL(None, use_errno=True)
for name, a in [('mount', (b'x', b'/tmp', b'tmpfs', 0, None)), ('umount', (b'/box',)), ('sethostname', (b'x', 1)), ('unshare', (0x20000,))]:
    if getattr(libc, name)(*a) == 0: print('ESCAPED:', name)
for fd in os.listdir('/proc/self/fd'):
    if int(fd) > 3: print('ESCAPED: descriptor', fd, os.readlink('/proc/self/fd/' + fd))
status = dict(l.rstrip('\n').split(':\t', 1) for l in open('/proc/self/status') if ':\t' in l)
for k in ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']:
    if int(status[k], 16): print('ESCAPED:', k, status[k])
if status['NoNewPrivs'] != '1': print('ESCAPED: new privileges')
print('done')
`, secret, filepath.Dir(d.config.Dir), l.Addr().(*net.TCPAddr).Port)
	var words strings.Builder
	r, err := d.Run(t.Context(), sandbox.Job{Runtime: "python", Source: []byte(source)}, func(_ sandbox.Stream, p []byte) { words.Write(p) })
	if err != nil || r.Outcome != sandbox.Completed || words.String() != "done\n" {
		t.Errorf("%+v, %v:\n%s", r, err, words.String())
	}
}

func TestAHostWithoutCgroupsIsRefused(t *testing.T) {
	err := unbounded([]sandbox.Enforced{{What: "memory", How: "none"}, {What: "processes", How: "none"}, {What: "cpu time", How: "cgroup v1", OK: true}})
	host, ok := errors.AsType[*sandbox.HostError](err)
	if !ok || len(host.Missing) != 1 || !strings.Contains(host.Missing[0], "memory") {
		t.Errorf("got %v, want a refusal for the memory alone", err)
	}
	if err := unbounded([]sandbox.Enforced{{What: "memory", OK: true}, {What: "cpu time", OK: true}}); err != nil {
		t.Errorf("a host that has what is needed: %v", err)
	}
}

func TestEndsAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		b    [endSize]byte
		good bool
	}{
		"ready":   {[endSize]byte{endReady}, true},
		"exit":    {[endSize]byte{0: endExit, 9: 3}, true},
		"signal":  {[endSize]byte{0: endExit, 8: 9}, true},
		"stopped": {[endSize]byte{0: endExit, 8: 0x7f}, false},
		"unknown": {[endSize]byte{0: 9}, false},
		"data":    {[endSize]byte{0: endData, 5: 1}, true},
		"flood":   {[endSize]byte{0: endData, 6: 2}, false},
	} {
		if _, err := decodeEnd(test.b); (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A program that was never started got no network, and its device is gone with its sandbox.
func TestANetworkThatNobodyTook(t *testing.T) {
	d := driver(t)
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("no /dev/net/tun here")
	}
	r, err := d.Run(t.Context(), sandbox.Job{
		Runtime: "c", Source: []byte("this is no C"), Network: func(tun *os.File) (func(), error) {
			t.Error("a program that does not compile got a network")
			return func() { tun.Close() }, nil
		},
	}, nil)
	if err != nil || r.Reason != sandbox.ReasonCompile {
		t.Fatalf("%+v, %v", r, err)
	}
	d.teardown.Wait()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Fatalf("%d descriptors, %v", len(fds), err)
	}
	for _, fd := range fds {
		if what, _ := os.Readlink(fd); what == "/dev/net/tun" {
			t.Error("its device is left")
		}
	}
}

// What a sandbox tells of files is not believed: only single names pass.
func TestEntriesAreChecked(t *testing.T) {
	name := func(kind byte, name string) string { return string([]byte{kind, byte(len(name))}) + name }
	for text, want := range map[string][]sandbox.Entry{
		"": nil, name(syscall.DT_REG, "a") + name(syscall.DT_DIR, "b c"): {{Name: "a"}, {Name: "b c", Type: fs.ModeDir}},
		name(syscall.DT_LNK, "l") + name(syscall.DT_FIFO, "p"): {{Name: "l", Type: fs.ModeSymlink}, {Name: "p", Type: fs.ModeIrregular}},
	} {
		got, err := decodeEntries([]byte(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{
		name(syscall.DT_REG, ""), name(syscall.DT_DIR, "."), name(syscall.DT_DIR, ".."), name(syscall.DT_REG, "../x"), name(syscall.DT_REG, "/etc/passwd"),
		name(syscall.DT_REG, "a\x00b"), "\x08", "\x08\x05abc",
	} {
		if got, err := decodeEntries([]byte(text)); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
}

// A run that its memory limit ended has lost its files, and is told so.
func TestFilesOfAnEndedKernel(t *testing.T) {
	d := driver(t)
	job := sandbox.Job{
		Runtime: "python", Source: []byte("open('made', 'w').write('x')\nx = []\nwhile True: x.append(b'x' * 1000000)"),
		Artefacts: &sandbox.Artefacts{Patterns: []string{"*"}, MaxBytes: 100, MaxCount: 1, Keep: func(path string, _ int64, _ io.Reader) error {
			t.Errorf("kept %s", path)
			return nil
		}},
	}
	r, err := d.Run(t.Context(), job, nil)
	if err != nil || r.Reason != sandbox.ReasonMemory || len(r.Omitted) != 1 || !strings.Contains(r.Omitted[0].Reason, "memory limit") {
		t.Errorf("%+v, %v", r, err)
	}
}
