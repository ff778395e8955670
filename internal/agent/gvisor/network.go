package gvisor

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// connect gives the program its way out. The device is there from the sandbox's start, and whatever a compiler sends on it
// is thrown away: it has no network. What connect returns takes the way out back.
func (r *run) connect(job sandbox.Job, step sandbox.Step) (stop func(), err error) {
	tun := r.box.tun
	if tun == nil || !step.Program {
		return func() {}, nil
	}
	if r.made {
		if err := drain(tun); err != nil {
			return nil, err
		}
	}
	r.box.tun = nil // the network's, from here on
	return job.Network(tun)
}

// mostQueued is more than the queue of a tun device holds, in packets.
const mostQueued = 4096

func drain(tun *os.File) error {
	raw, err := tun.SyscallConn()
	if err != nil {
		return fmt.Errorf("drain the network of its compiler's packets: %w", err)
	}
	packet := make([]byte, sandbox.TunMTU)
	err = raw.Read(func(fd uintptr) bool {
		for range mostQueued {
			if n, err := unix.Read(int(fd), packet); n <= 0 || err != nil { // the queue is empty
				break
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("drain the network of its compiler's packets: %w", err)
	}
	return nil
}
