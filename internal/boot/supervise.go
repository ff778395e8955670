package boot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/timerslack"
)

// serviceUser is who the control plane runs as when it was started by root.
const serviceUser = "stoa"

// supervisor runs the control plane and this machine's agent as two processes,
// because they are two trust domains: only the agent may be root.
type supervisor struct {
	config  Config
	out     io.Writer
	noAgent bool
}

// stopWithin is how long a process may take to end in order.
const stopWithin = 30 * time.Second

// mostDeaths is how often in a row the control plane may die before it is ready.
const mostDeaths = 5

// up starts both and ends when told to. A control plane that dies is started again,
// and finds its agent still there, with everything that runs.
func (s supervisor) up(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	credential, err := s.dropRoot()
	if err != nil {
		return err
	}
	var agents *keeper
	defer func() {
		if agents != nil {
			agents.stop()
		}
	}()
	for deaths := 0; ; {
		plane, err := s.startPlane(credential)
		if err != nil {
			return err
		}
		h, err := plane.awaitReady(ctx)
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil:
			if deaths++; isHopeless(deaths, agents == nil, wasKilled(err)) {
				return err
			}
			continue
		}
		deaths = 0
		if agents == nil {
			command, err := s.agentCommand(h)
			if err != nil {
				return errors.Join(err, plane.terminate())
			}
			agents = newKeeper(command)
			agents.start()
			if command != nil {
				s.awaitAgent(ctx, h)
			}
			s.greet(ctx, h, time.Since(plane.started))
			trim()
		}
		select {
		case <-ctx.Done():
			s.say("\nStopping: the agent first, then the control plane.")
			agents.stop()
			agents = nil
			return plane.terminate()
		case err := <-plane.ended:
			s.say("The control plane died (%v) and is started again.", err)
		}
	}
}

// isHopeless tells whether a control plane that died before it was ready is not started again. If the very first one ended
// by itself, it has said why. After one that was killed, what the next one ends with may come from the same: its
// database is killed too.
func isHopeless(deaths int, never, killed bool) bool {
	return deaths == mostDeaths || never && deaths == 1 && !killed
}

func (s supervisor) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// dropRoot returns who the control plane runs as; nil is the caller.
func (s supervisor) dropRoot() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, s.config.prepare()
	}
	uid, gid, err := ensureUser(serviceUser)
	if err != nil {
		return nil, err
	}
	// Everything but the agent's own folder belongs to the control plane.
	if err := s.config.prepare(); err != nil {
		return nil, err
	}
	// The folder itself stays root's, so that nobody can put another in the agent's place.
	if err := os.Chmod(s.config.DataDir, 0o711); err != nil { //nolint:gosec // entered by name only
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	for _, dir := range serviceDirs {
		if err := os.Chown(s.config.path(dir), int(uid), int(gid)); err != nil {
			return nil, fmt.Errorf("hand data folder to %s: %w", serviceUser, err)
		}
	}
	if err := reachable(s.config.DataDir, uid); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uid, Gid: gid}, nil
}

// ensureUser finds the service user, or makes it.
func ensureUser(name string) (uid, gid uint32, err error) {
	u, err := user.Lookup(name)
	if _, unknown := errors.AsType[user.UnknownUserError](err); unknown {
		//nolint:gosec // fixed arguments
		out, failed := exec.Command("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name).CombinedOutput()
		if failed != nil {
			return 0, 0, fmt.Errorf("make the system user %q, which the control plane runs as: %w: %s", name, failed, out)
		}
		u, err = user.Lookup(name)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look up user %q: %w", name, err)
	}
	id, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	group, err := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(id), uint32(group), err
}

// reachable tells early, and in words, when a folder above the data folder keeps
// the service user out.
func reachable(dir string, uid uint32) error {
	for parent := filepath.Dir(dir); parent != "/"; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if ok && info.Mode().Perm()&0o001 == 0 && stat.Uid != uid {
			return fmt.Errorf("the user %q, which the control plane runs as, cannot enter %s: choose another --data-dir, or chmod o+x it", serviceUser, parent)
		}
	}
	return nil
}

// plane is the control plane's process.
type plane struct {
	process *os.Process
	started time.Time
	ready   <-chan handover // gets what it says when it works; an empty one, if it never does
	ended   <-chan error
}

// startPlane starts the control plane. It writes one line to the pipe when it is
// ready, and closes it without one when it fails.
func (s supervisor) startPlane(credential *syscall.Credential) (*plane, error) {
	readEnd, writeEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = writeEnd.Close() }()
	cmd := exec.Command("/proc/self/exe", s.planeArguments()...) //nolint:gosec // ourselves
	cmd.Args[0] = "stoad"
	cmd.Stdout, cmd.Stderr = s.out, os.Stderr
	cmd.ExtraFiles = []*os.File{writeEnd}
	programs := openDownloads()
	defer programs.close()
	files, which := programs.pass(3 + len(cmd.ExtraFiles))
	cmd.ExtraFiles, cmd.Args = append(cmd.ExtraFiles, files...), append(cmd.Args, which...)
	cmd.Dir = "/"
	cmd.Env = planeEnvironment()
	if s.config.SMTPURL != "" { // not an argument: everybody on the machine can read those, and it holds a password
		cmd.Env = append(cmd.Env, "STOA_SMTP_URL="+s.config.SMTPURL)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started := time.Now()
	if err := timerslack.Start(cmd, timerslack.Relaxed); err != nil {
		_ = readEnd.Close()
		return nil, fmt.Errorf("start control plane: %w", err)
	}
	ready, ended := make(chan handover, 1), make(chan error, 1)
	go func() {
		defer func() { _ = readEnd.Close() }()
		ready <- readReady(readEnd)
	}()
	go func() { ended <- cmd.Wait() }()
	return &plane{process: cmd.Process, started: started, ready: ready, ended: ended}, nil
}

// planeEnvironment keeps what a program needs and drops what root's shell holds.
func planeEnvironment() []string {
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	for _, name := range []string{"TZ", "GOMEMLIMIT", "GODEBUG", "GOCOVERDIR", "GORACE", "STOA_CRASH_AT"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// awaitReady returns what the control plane says when it works. If it ends before
// that, or ctx does, it is gone when this returns.
func (p *plane) awaitReady(ctx context.Context) (handover, error) {
	ready := p.ready
	for {
		select {
		case <-ctx.Done():
			return handover{}, p.terminate()
		case err := <-p.ended:
			return handover{}, exitOf(err)
		case h := <-ready:
			if h.URL != "" {
				return h, nil
			}
			ready = nil // it is about to end
		}
	}
}

// terminate asks it to end, and kills it when it takes too long.
func (p *plane) terminate() error {
	_ = p.process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		return exitOf(err)
	case <-time.After(stopWithin):
		_ = p.process.Kill()
		<-p.ended //nolint:errcheck // it was killed
		return errors.New("the control plane did not stop in time and was killed; nothing that was accepted is lost")
	}
}

// exitStatus is a child's failure that the child itself has already explained.
type exitStatus int

func (e exitStatus) Error() string {
	return fmt.Sprintf("the control plane ended with exit code %d", int(e))
}

// wasKilled tells whether a signal ended it.
func wasKilled(err error) bool {
	status, ok := errors.AsType[exitStatus](err)
	return ok && status < 0
}

func exitOf(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exitStatus(exit.ExitCode())
	}
	return err
}
