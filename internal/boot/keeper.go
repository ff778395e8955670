package boot

import (
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/timerslack"
)

// keeper keeps one process running: when it ends, it is started again, with growing pauses.
type keeper struct {
	command func() *exec.Cmd
	stopped chan struct{}
	done    chan struct{}

	mu  sync.Mutex
	cmd *exec.Cmd
}

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 30 * time.Second
)

// pauseAfter is how long to wait before a process that ran for so long is started again, when the pause before that life was
// the last one. One that ran for longer than the next pause would be has worked: it comes back at once, however often it is
// killed. One that always fails soon after its start is tried ever more rarely.
func pauseAfter(last, ran time.Duration) time.Duration {
	next := 2 * last
	if last == 0 || ran > next {
		return firstPause
	}
	return min(next, longestPause)
}

func newKeeper(command func() *exec.Cmd) *keeper {
	return &keeper{command: command, stopped: make(chan struct{}), done: make(chan struct{})}
}

func (k *keeper) start() {
	if k.command == nil {
		close(k.done)
		return
	}
	go k.run()
}

func (k *keeper) run() {
	defer close(k.done)
	var pause time.Duration
	for {
		started := time.Now()
		cmd := k.command()
		k.mu.Lock()
		err := timerslack.Start(cmd, timerslack.Relaxed)
		if err == nil {
			k.cmd = cmd
		}
		k.mu.Unlock()
		if err == nil {
			_ = cmd.Wait()
		}
		pause = pauseAfter(pause, time.Since(started))
		select {
		case <-k.stopped:
			return
		case <-time.After(pause):
		}
	}
}

// stop ends the process in order, or by force when it takes too long.
func (k *keeper) stop() {
	close(k.stopped)
	k.signal(syscall.SIGTERM)
	select {
	case <-k.done:
	case <-time.After(stopWithin):
		k.signal(syscall.SIGKILL)
		<-k.done
	}
}

func (k *keeper) signal(s syscall.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cmd != nil {
		_ = k.cmd.Process.Signal(s)
	}
}
