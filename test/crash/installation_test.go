package crash

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/cli/config"
)

// installation is one data folder that is started, killed and started again.
type installation struct {
	dir, data, home string
	listen          string
	cmd             *exec.Cmd
	ended           chan struct{}
	output          bytes.Buffer
	kept            bool
	starts          int
}

func install(t *testing.T) *installation {
	t.Helper()
	dir, err := os.MkdirTemp("", "stoa-crash-") //nolint:usetesting // kept when a round fails, and short for the socket
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil { // the control plane runs as another user, and leaves markers here
		t.Fatal(err)
	}
	in := &installation{dir: dir, data: filepath.Join(dir, "data"), home: filepath.Join(dir, "home"), listen: ownAddress(t)}
	t.Cleanup(func() {
		if in.cmd != nil {
			_ = in.cmd.Process.Kill()
		}
		if !in.kept {
			_ = os.RemoveAll(dir)
		}
	})
	return in
}

// ownAddress is one that stays free while Stoa is down: its port is below those that the kernel gives to whoever asks for
// any. Of those, a client that knocks while Stoa is down is given Stoa's own now and then, is connected to itself, and Stoa
// cannot come back.
func ownAddress(t *testing.T) string {
	t.Helper()
	const first, ports, tries = 20_000, 12_000, 100
	var err error
	for range tries {
		var l net.Listener
		if l, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", first+rand.IntN(ports))); err == nil {
			_ = l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal(err)
	return ""
}

// keep leaves the data folder for whoever looks into a failure.
func (in *installation) keep() string {
	in.kept = true
	return in.dir
}

// start starts everything and returns when it works. crashAt names where a program kills itself.
func (in *installation) start(t *testing.T, crashAt map[string]string) {
	t.Helper()
	in.starts++
	env := append(os.Environ(), "XDG_CONFIG_HOME="+in.home, "STOA_ALLOW_CALLS=127.0.0.0/8") // receivers are here
	for _, at := range crashAt {
		env = append(env, fmt.Sprintf("STOA_CRASH_AT=%s:%s", at, filepath.Join(in.dir, "died-"+strconv.Itoa(in.starts))))
	}
	_ = os.Remove(filepath.Join(in.data, "run", "stoad.json")) // what a killed one left says nothing
	in.output.Reset()
	in.cmd = exec.Command(filepath.Join(binaries, "stoad"), "up", "--data-dir", in.data, "--listen", in.listen, "--node-lease", "2s")
	in.cmd.Stdout, in.cmd.Stderr, in.cmd.Env = &in.output, &in.output, env
	if err := in.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) { _ = cmd.Wait(); close(ended) }(in.cmd, in.ended)
	deadline := time.After(3 * time.Minute)
	for {
		if _, err := os.Stat(filepath.Join(in.data, "run", "stoad.json")); err == nil && in.token() != "" {
			break
		}
		select {
		case <-in.ended:
			t.Fatalf("stoad ended: %s", in.output.String())
		case <-deadline:
			t.Fatalf("stoad is not ready after three minutes: %s", in.output.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	for in.starts == 1 { // the first round's label may kill it just now
		_, err := in.call(t.Context(), "PUT", "/limits/rate.bypass", map[string]any{"scope": "global", "value": 1}, "")
		var refused refusal
		if err == nil {
			break
		}
		if errors.As(err, &refused) && refused.final() {
			t.Fatalf("lift the rate limits: %v", err)
		}
	}
}

// token is the local operator's.
func (in *installation) token() string {
	c, err := config.Load(filepath.Join(in.home, "stoa", "config.yaml"))
	if err != nil {
		return ""
	}
	return c.Contexts["local"].Token
}

// stop ends it as Ctrl-C does.
func (in *installation) stop(t *testing.T) {
	t.Helper()
	select {
	case <-in.ended:
		return
	default:
	}
	_ = in.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-in.ended:
	case <-time.After(3 * time.Minute):
		t.Fatalf("stoad did not stop: %s", in.output.String())
	}
}

// kill sends SIGKILL to one of the processes of this very installation.
func (in *installation) kill(t *testing.T, who string, after time.Duration) {
	t.Helper()
	<-time.After(after)
	var pid int
	switch who {
	case "stoad":
		var running struct {
			PID int `json:"pid"`
		}
		b, err := os.ReadFile(filepath.Join(in.data, "run", "stoad.json"))
		if err == nil {
			err = json.Unmarshal(b, &running)
		}
		if err != nil {
			t.Fatal(err)
		}
		pid = running.PID
	case "postgres":
		b, err := os.ReadFile(filepath.Join(in.data, "postgres", "data", "postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(b), "\n")
		pid, _ = strconv.Atoi(strings.TrimSpace(first))
	case "agent":
		for _, p := range in.processes() {
			if strings.Contains(p.command, "stoa-agent") {
				pid = p.pid
			}
		}
	}
	if pid <= 1 {
		t.Logf("%s was not running", who)
		return
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Logf("kill %s: %v", who, err)
	}
}

type process struct {
	pid     int
	command string
}

// processes lists those whose command line names this installation's folder.
func (in *installation) processes() []process {
	entries, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []process
	for _, path := range entries {
		b, err := os.ReadFile(path)
		command := strings.ReplaceAll(string(b), "\x00", " ")
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && pid != os.Getpid() && strings.Contains(command, in.dir) {
			found = append(found, process{pid, command})
		}
	}
	return found
}

// checkNothingLeft looks for what outlived everything.
func (in *installation) checkNothingLeft(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for len(in.processes()) > 0 && time.Now().Before(deadline) {
		<-time.After(50 * time.Millisecond) // killed children are collected by init
	}
	for _, p := range in.processes() {
		t.Errorf("process %d is left: %s", p.pid, p.command)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, in.dir) {
			t.Errorf("a mount is left: %s", line)
		}
	}
}
