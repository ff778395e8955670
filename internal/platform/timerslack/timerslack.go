// Package timerslack starts programs with the timer slack that suits them: how much
// later than asked the kernel may wake a thread that sleeps, so that it can wake
// several at once.
//
// Why it matters. While a Go program works in short bursts, a thread of its runtime
// sleeps 20 µs at a time to look after the others: some 14,000 wake-ups a second
// with the kernel's default slack of 50 µs, a sixth of what the control plane and
// the agent used. Threads and children inherit the slack; only the one who starts a
// program can set it without privileges, since that thread is there before main is.
package timerslack

import (
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// Usual is what Linux gives by itself: for programs of users, whose short sleeps are theirs to choose.
	Usual = 50 * time.Microsecond
	// Relaxed is for our own programs: Go's timers are no more exact than this anyway.
	Relaxed = time.Millisecond
)

// Start starts the command with this slack. Where the kernel knows no slack, the
// command starts as it would have.
func Start(cmd *exec.Cmd, slack time.Duration) error {
	runtime.LockOSThread() // the slack is a thread's; fork copies that of the thread that forks
	defer runtime.UnlockOSThread()
	if before, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); err == nil {
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack.Nanoseconds()), 0, 0, 0) //nolint:gosec // not negative
		defer func() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(before), 0, 0, 0) }()
	}
	return cmd.Start()
}
