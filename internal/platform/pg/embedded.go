package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// EmbedConfig says where the embedded server lives.
type EmbedConfig struct {
	Dir    string // the bundle and the data
	RunDir string // the socket; only this user and root can enter
	Log    *slog.Logger
	// Unsafe forgets what was committed on a power cut. For tests only.
	Unsafe bool
	// MaxConnections is the server's; zero is 60.
	MaxConnections int
}

// Server is PostgreSQL as a child process. It listens on a unix socket only, and
// is started again when it dies; it never deletes data.
type Server struct {
	cfg     EmbedConfig
	bin     binaries
	owner   account
	data    string
	socket  string
	stop    chan struct{}
	stopped chan struct{}
	pid     atomic.Int64
	failed  chan error
}

// Superuser is the one role and the one database of the embedded server.
const Superuser = "stoa"

const (
	readyWithin = 60 * time.Second
	stopWithin  = 30 * time.Second
	maxSocket   = 107 // bytes of a unix socket's path
)

// Embed starts the server, making its data on the first start.
func Embed(ctx context.Context, cfg EmbedConfig) (*Server, error) {
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	if err := owner.makeDir(cfg.Dir); err != nil {
		return nil, err
	}
	bin, err := findBinaries(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, bin: bin, owner: owner, data: filepath.Join(cfg.Dir, "data"), socket: cfg.RunDir,
		stop: make(chan struct{}), stopped: make(chan struct{}), failed: make(chan error, 1),
	}
	if len(filepath.Join(s.socket, ".s.PGSQL.5432")) >= maxSocket {
		if s.socket, err = os.MkdirTemp("", "stoa-pg-"); err != nil {
			return nil, fmt.Errorf("make socket folder: %w", err)
		}
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	go s.supervise()
	if err := s.waitReady(ctx); err != nil {
		_ = s.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// URL is how to connect.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=%s", Superuser, s.socket, Superuser)
}

// PID is the postmaster's process id; zero while it is down.
func (s *Server) PID() int { return int(s.pid.Load()) }

// Failed tells that the server died and could not be started again.
func (s *Server) Failed() <-chan error { return s.failed }

// prepare makes the data on the first start, and makes sure that nobody else serves it.
func (s *Server) prepare(ctx context.Context) error {
	if err := s.owner.makeDir(s.socket); err != nil {
		return err
	}
	version, err := os.ReadFile(filepath.Join(s.data, "PG_VERSION"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := s.initialise(ctx); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("read data folder: %w", err)
	default:
		if have := strings.TrimSpace(string(version)); have != strconv.Itoa(s.bin.major) {
			return fault.New(fault.Conflict, "database.other_major",
				"The data in %s was made by PostgreSQL %s; this program brings %d. It was not touched. "+
					"Make a backup with the program that wrote it (stoad backup), move the folder away, and restore (stoad restore).", s.data, have, s.bin.major)
		}
	}
	return s.clearPredecessor(ctx)
}

func (s *Server) initialise(ctx context.Context) error {
	// A first start that was interrupted leaves a folder without PG_VERSION's last neighbour; made aside, it is whole or absent.
	fresh := s.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear interrupted start: %w", err)
	}
	args := []string{"--pgdata=" + fresh, "--username=" + Superuser, "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"}
	if s.bin.major >= 17 {
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
	} else {
		args = append(args, "--locale=C.UTF-8")
	}
	if s.cfg.Unsafe {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin.dir, "initdb"), args...) //nolint:gosec // our own binary
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner.credential}
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.Dir = s.cfg.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise database: %w: %s", err, out)
	}
	caller, err := user.Current()
	if err != nil {
		return fmt.Errorf("look up this user: %w", err)
	}
	// Who reaches the socket is told apart by the kernel: this user and the server's own.
	identities := fmt.Sprintf("stoa %s %s\nstoa %s %s\n", caller.Username, Superuser, s.owner.name, Superuser)
	for name, content := range map[string]string{"pg_hba.conf": "local all all peer map=stoa\n", "pg_ident.conf": identities} {
		if err := os.WriteFile(filepath.Join(fresh, name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return os.Rename(fresh, s.data)
}

// clearPredecessor stops a postmaster that a killed parent left on this data.
func (s *Server) clearPredecessor(ctx context.Context) error {
	pid, running := s.predecessor()
	if !running {
		return nil
	}
	s.cfg.Log.Info("stopping the database server that an earlier life left behind", "pid", pid)
	_ = syscall.Kill(pid, syscall.SIGINT)
	for wait := time.Now(); ; {
		if _, running := s.predecessor(); !running {
			return nil
		}
		if time.Since(wait) > stopWithin {
			_ = syscall.Kill(pid, syscall.SIGQUIT)
			wait = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for process %d to let go of %s: %w", pid, s.data, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// predecessor finds a live postmaster of this very data folder.
func (s *Server) predecessor() (pid int, running bool) {
	content, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0, false
	}
	// The number may belong to somebody else by now.
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !strings.Contains(string(cmdline), s.data) {
		return 0, false
	}
	return pid, true
}

// supervise runs the server until Stop, again and again if it must. Pdeathsig is
// bound to the thread that starts the child, so that thread stays.
func (s *Server) supervise() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.stopped)
	const mostDeaths = 10
	deaths := 0
	for {
		cmd := s.command()
		log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		cmd.Stdout, cmd.Stderr = log, log
		started := time.Now()
		if err == nil {
			err = cmd.Start()
			_ = log.Close()
		}
		if err == nil {
			s.pid.Store(int64(cmd.Process.Pid))
			ended := make(chan struct{})
			go s.stopOnDemand(cmd.Process, ended)
			err = cmd.Wait()
			close(ended)
			s.pid.Store(0)
		}
		select {
		case <-s.stop:
			return
		default:
		}
		if time.Since(started) > time.Minute {
			deaths = 0
		}
		if deaths++; deaths == mostDeaths {
			s.failed <- fmt.Errorf("the database server died %d times in a row; its log is in %s: %w", deaths, s.logFile(), err)
			return
		}
		s.cfg.Log.Error("the database server died and is started again", "error", err, "times", deaths)
		// Backends of a killed postmaster hold the shared memory for a moment.
		time.Sleep(time.Duration(deaths) * 50 * time.Millisecond)
	}
}

func (s *Server) stopOnDemand(p *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-s.stop:
	}
	_ = p.Signal(syscall.SIGINT) // fast: disconnects everybody, writes a checkpoint
	select {
	case <-ended:
	case <-time.After(stopWithin):
		_ = p.Signal(syscall.SIGQUIT) // immediate: the next start replays the log
	}
}

func (s *Server) logFile() string { return filepath.Join(s.cfg.Dir, "postgres.log") }

func (s *Server) command() *exec.Cmd {
	connections := s.cfg.MaxConnections
	if connections == 0 {
		connections = 60
	}
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": s.socket, "unix_socket_permissions": "0700",
		"max_connections": strconv.Itoa(connections), "shared_buffers": "32MB", "max_wal_size": "512MB", "min_wal_size": "80MB",
		"wal_level": "minimal", "max_wal_senders": "0", "checkpoint_timeout": "15min", "jit": "off", "max_parallel_workers_per_gather": "0",
		"autovacuum_max_workers": "2", "log_timezone": "UTC", "timezone": "UTC", "lock_timeout": "30s", "idle_in_transaction_session_timeout": "60s",
		"log_checkpoints": "off", "autovacuum_naptime": "1min", "bgwriter_lru_maxpages": "0",
	}
	if s.cfg.Unsafe {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	args := []string{"-D", s.data}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(s.bin.dir, "postgres"), args...) //nolint:gosec // our own binary
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.Dir = s.cfg.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner.credential, Setpgid: true, Pdeathsig: syscall.SIGINT}
	return cmd
}

// waitReady returns when the server answers, and has made its database.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	admin := fmt.Sprintf("postgres:///postgres?host=%s&user=%s", s.socket, Superuser)
	for {
		conn, err := pgx.Connect(ctx, admin)
		if err == nil {
			return s.ensureDatabase(ctx, conn)
		}
		select {
		case failed := <-s.failed:
			return failed
		case <-ctx.Done():
			return fmt.Errorf("the database server did not answer within %s (its log is in %s): %w", readyWithin, s.logFile(), err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *Server) ensureDatabase(ctx context.Context, conn *pgx.Conn) error {
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, Superuser).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+Superuser); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

// Stop ends the server in order.
func (s *Server) Stop(ctx context.Context) error {
	select {
	case <-s.stop:
	default:
		close(s.stop)
	}
	select {
	case <-s.stopped:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop database server: %w", ctx.Err())
	}
}
