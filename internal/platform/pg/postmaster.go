package pg

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A server writes who and where it is into its data folder.
const (
	pidName = "postmaster.pid"
	// Lines: process id, data folder, start time, port, socket folder, addresses, shared memory, state.
	pidLine   = 0
	stateLine = 7
	nobody    = 1<<31 - 1 // a process id that no kernel gives
)

// wasReady tells whether a server that is dead had come so far as to answer.
func wasReady(data string, pid int) bool {
	lines := pidFile(data)
	return len(lines) > stateLine && lines[pidLine] == strconv.Itoa(pid) && strings.TrimSpace(lines[stateLine]) == "ready"
}

// pidFile is its lines, of which there is at least one.
func pidFile(data string) []string {
	content, _ := os.ReadFile(filepath.Join(data, pidName))
	return strings.Split(string(content), "\n")
}

type belonging int

const (
	unknown belonging = iota // gone, or the kernel does not say
	ours                     // the server of this very data folder
	theirs                   // another program's, or a dead one's that nobody has collected: where process 1 is slow to, for seconds
)

// whose tells whether a process is the server of a data folder. A number alone is
// no proof: after a reboot or in a container it soon is somebody else's.
func whose(pid int, data string) belonging {
	if pid <= 1 {
		return unknown
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	comm, err := os.ReadFile(filepath.Join(proc, "comm"))
	if err != nil {
		return unknown
	}
	if strings.TrimSpace(string(comm)) != "postgres" || isDead(proc) {
		return theirs
	}
	works, errW := os.Stat(filepath.Join(proc, "cwd")) // a server works in its data folder
	folder, errF := os.Stat(data)
	switch {
	case errW != nil || errF != nil:
		return unknown
	case os.SameFile(works, folder):
		return ours
	default:
		return theirs
	}
}

// isDead tells whether a process only waits to be collected. PostgreSQL would take it for a living one.
func isDead(proc string) bool {
	stat, _ := os.ReadFile(filepath.Join(proc, "stat"))
	_, state, _ := strings.Cut(string(stat), ") ") // its name has none
	return strings.HasPrefix(state, "Z")
}

// clearPredecessor stops a server that a killed parent left on this data, and makes
// a file that it left harmless when its number is a stranger's by now: PostgreSQL
// would take the stranger for a server. The rest of the file stays, because by it
// PostgreSQL finds backends that still write.
func clearPredecessor(ctx context.Context, data string, log *slog.Logger) error {
	lines := pidFile(data)
	pid, _ := strconv.Atoi(lines[pidLine])
	switch whose(pid, data) {
	case ours:
		log.InfoContext(ctx, "stopping the database server that a killed program left behind", "pid", pid)
		return stopPredecessor(ctx, pid, data)
	case theirs:
		lines[pidLine] = strconv.Itoa(nobody)
		if err := os.WriteFile(filepath.Join(data, pidName), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			return fmt.Errorf("disown process %d: %w", pid, err)
		}
	}
	return nil
}

func stopPredecessor(ctx context.Context, pid int, data string) error {
	how, asked := syscall.SIGINT, time.Time{}
	for whose(pid, data) == ours {
		if time.Since(asked) > stopWithin {
			_ = syscall.Kill(pid, how)
			asked, how = time.Now(), syscall.SIGQUIT
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for process %d to let go of %s: %w", pid, data, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}
