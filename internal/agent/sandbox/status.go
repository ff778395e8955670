package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A guest of a warmed interpreter says on a pipe of its own what it would exit with, once it has flushed everything, and
// then waits to be killed: taking an interpreter down costs more than most programs. The frame comes from untrusted code.
// All it can do is to end its own run with an exit code of its choice, which it can do anyway.

const statusSize = 4

var errZygote = errors.New("the warmed interpreter ended")

func newStatus() (ours *os.File, theirs int, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, -1, fmt.Errorf("make a pipe: %w", err)
	}
	_ = unix.SetNonblock(fds[0], true)
	return os.NewFile(uintptr(fds[0]), "status"), fds[1], nil
}

// decodeStatus reads a frame; false when it is not one.
func decodeStatus(b []byte) (code int, ok bool) {
	if len(b) != statusSize {
		return 0, false
	}
	v := int32(binary.NativeEndian.Uint32(b))
	return int(v), v >= 0 && v <= 255
}

// readStatus turns the frame into the same reply that the process's exit would have been. Without a whole frame the exit
// itself is awaited.
func readStatus(f *os.File, id uint32, ended chan<- reply) {
	var b [statusSize]byte
	if _, err := io.ReadFull(f, b[:]); err != nil {
		return
	}
	if code, ok := decodeStatus(b[:]); ok {
		ended <- reply{kind: repExit, id: id, status: int32(code) << 8}
	}
}

// withUsage waits for the exit of a process whose end is known already, for what the kernel counted.
func (r reply) withUsage(ended <-chan reply) reply {
	if r.userMicros+r.maxRSSKiB > 0 {
		return r // it is the exit
	}
	select {
	case x := <-ended:
		r.userMicros, r.systemMicros, r.maxRSSKiB = x.userMicros, x.systemMicros, x.maxRSSKiB
	case <-time.After(killPatience):
	}
	return r
}
