package pg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	mostDeaths   = 10 // in a row and before it was ready, until the program is told that it has no database
	firstBackoff = 20 * time.Millisecond
	lastBackoff  = time.Second
)

// supervise runs the server until Stop, again and again if it must. Pdeathsig is
// bound to the thread that starts the child, so that thread stays.
func (s *Server) supervise() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.stopped)
	backoff := firstBackoff
	for deaths := 1; ; deaths++ {
		ready, err := s.serve()
		select {
		case <-s.stop:
			return
		default:
		}
		if ready {
			deaths, backoff = 1, firstBackoff
		}
		if deaths == mostDeaths {
			s.failed <- fmt.Errorf("the database server died %d times in a row: %w; the end of %s: %s", deaths, err, s.logFile(), s.lastWords())
			return
		}
		s.cfg.Log.Error("the database server died and is started again", "error", err, "times", deaths)
		if s.cfg.Died != nil {
			s.cfg.Died(err)
		}
		// Backends of a killed server hold the shared memory for a moment.
		select {
		case <-s.stop:
			return
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

// serve runs the server once, to its end, and tells whether it had been ready.
func (s *Server) serve() (ready bool, err error) {
	log, err := s.openLog()
	if err != nil {
		return false, err
	}
	cmd := s.command()
	cmd.Stdout, cmd.Stderr = log, log
	err = cmd.Start()
	_ = log.Close()
	if err != nil {
		return false, fmt.Errorf("start database server: %w", err)
	}
	s.pid.Store(int64(cmd.Process.Pid))
	defer s.pid.Store(0)
	ended := make(chan struct{})
	defer close(ended)
	go s.stopOnDemand(cmd.Process, ended)
	err = cmd.Wait()
	if err == nil {
		return true, fmt.Errorf("somebody stopped the database server")
	}
	return wasReady(s.data, cmd.Process.Pid), err
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

func (s *Server) command() *exec.Cmd {
	args := []string{"-D", s.data}
	for name, value := range s.settings() {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(s.bin.dir, "postgres"), args...) //nolint:gosec // our own binary
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.Dir = s.cfg.Dir
	// A group of its own keeps the terminal's Ctrl-C away; if this program is killed, the kernel stops the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner.credential, Setpgid: true, Pdeathsig: syscall.SIGINT}
	return cmd
}

// settings suit one small machine: little memory, few processes, nothing lost.
func (s *Server) settings() map[string]string {
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": s.socket, "unix_socket_permissions": "0700",
		"max_connections": strconv.Itoa(s.cfg.MaxConnections), "shared_buffers": "32MB", "jit": "off",
		"max_wal_size": "512MB", "min_wal_size": "80MB", "checkpoint_timeout": "15min",
		// No replicas and no parallel queries: no processes for them.
		"wal_level": "minimal", "max_wal_senders": "0", "max_worker_processes": "0", "max_logical_replication_workers": "0",
		"max_parallel_workers_per_gather": "0", "max_parallel_maintenance_workers": "0", "autovacuum_max_workers": "2", "autovacuum_naptime": "15s",
		"log_timezone": "UTC", "timezone": "UTC", "lock_timeout": "30s", "idle_in_transaction_session_timeout": "60s",
		// Without details and statements, the log holds no rows: somebody's address, say.
		"log_checkpoints": "off", "log_error_verbosity": "terse", "log_min_error_statement": "panic",
	}
	if s.bin.major >= 18 {
		settings["io_method"] = "sync" // instead of three processes
	}
	if s.cfg.Unsafe {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	return settings
}

const mostLog = 8 << 20 // bytes, before the log is put aside

func (s *Server) logFile() string { return filepath.Join(s.cfg.Dir, "postgres.log") }

func (s *Server) openLog() (*os.File, error) {
	if info, err := os.Stat(s.logFile()); err == nil && info.Size() > mostLog {
		_ = os.Rename(s.logFile(), s.logFile()+".1")
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database server's log: %w", err)
	}
	return log, nil
}

// lastWords is what the server said before it died.
func (s *Server) lastWords() string {
	content, _ := os.ReadFile(s.logFile())
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}
