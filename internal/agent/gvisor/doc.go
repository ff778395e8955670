// Package gvisor is the driver of the isolation class "gvisor": each job runs under a
// kernel of its own in user space (runsc, in the helper program stoa-runsc), so that
// its system calls never reach the host's. Runtimes, checks, limits and their labels
// are those of package sandbox, whose helper also makes the place that runsc starts
// in. docs/security/sandbox.md tells what this class adds, and which test shows it.
package gvisor

import (
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Config says how a Driver runs. Base, Runsc and Dir are required.
type Config struct {
	Base  *sandbox.Driver // finds the runtimes and shows the host's programs
	Runsc string          // the helper program; Find finds it
	Dir   string          // the driver's own folder (created, 0700): one bundle for each slot
	Log   *slog.Logger    // nil is slog.Default()
	// Slots is how many jobs may run at once; further calls of Run wait. 0 is two per core.
	Slots int
	// CPUs is how many cores one job may keep busy, its kernel included. 0 is one.
	CPUs float64
	// Idle is how long a sandbox that was started ahead is kept without work. 0 is five
	// minutes; negative: none is started ahead.
	Idle time.Duration
}

// Program is the helper program's name.
const Program = "stoa-runsc"

// Find looks for the helper program beside the running one, then on PATH. The error
// says what to do.
func Find() (string, error) {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), Program)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return beside, nil
		}
	}
	if found, err := exec.LookPath(Program); err == nil {
		return filepath.Abs(found)
	}
	return "", errors.New(Program + " is neither beside the agent nor on PATH; `make build` makes it")
}
