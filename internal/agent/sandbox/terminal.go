package sandbox

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Terminal is a job's terminal: a pair of ends made outside, of which the job gets one as its standard streams and as its
// controlling terminal. No device of terminals (devpts) is in its sandbox, so it can open none of anybody else's.
type Terminal struct {
	mu   sync.Mutex
	size unix.Winsize
	ours *os.File // nil while no job has it
}

// NewTerminal makes a terminal of this size, in characters, for one job.
func NewTerminal(columns, rows uint16) *Terminal {
	return &Terminal{size: unix.Winsize{Col: columns, Row: rows}}
}

// Resize changes the size; the program that is in the foreground gets SIGWINCH.
func (t *Terminal) Resize(columns, rows uint16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.size = unix.Winsize{Col: columns, Row: rows}
	_ = t.apply() // one that is closed has no size
}

func (t *Terminal) apply() error {
	if t.ours == nil {
		return nil
	}
	raw, err := t.ours.SyscallConn()
	if err != nil {
		return err
	}
	failed := raw.Control(func(fd uintptr) { err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &t.size) })
	if failed != nil {
		return failed
	}
	return err
}

// endOfFile is what a terminal's user types to end the input: VEOF, unless the program has changed it.
const endOfFile = 0x04

// open makes both ends. The job's belongs to its host uid: else it could not open /dev/stdin and the like anew.
func (t *Terminal) open(owner int) (*pipes, error) {
	p := &pipes{theirs: [3]int{-1, -1, -1}, terminal: t}
	ours, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("make a terminal: %w", err)
	}
	p.in = os.NewFile(uintptr(ours), "terminal")
	p.out = p.in
	if err := unix.IoctlSetPointerInt(ours, unix.TIOCSPTLCK, 0); err != nil {
		p.close()
		return nil, fmt.Errorf("unlock the terminal: %w", err)
	}
	for i := range p.theirs {
		// The kernel opens the other end of this very pair, by no name that could lead elsewhere.
		fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(ours), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
		if errno != 0 {
			p.close()
			return nil, fmt.Errorf("open the terminal's other end: %w", errno)
		}
		p.theirs[i] = int(fd)
	}
	if owner != os.Getuid() {
		if err := unix.Fchown(p.theirs[0], owner, owner); err != nil {
			p.close()
			return nil, fmt.Errorf("give the terminal away: %w", err)
		}
	}
	t.mu.Lock()
	t.ours = p.in
	err = t.apply()
	t.mu.Unlock()
	if err != nil {
		p.close()
		return nil, fmt.Errorf("set the terminal's size: %w", err)
	}
	return p, nil
}

func (t *Terminal) detach() {
	if t != nil {
		t.mu.Lock()
		t.ours = nil
		t.mu.Unlock()
	}
}
