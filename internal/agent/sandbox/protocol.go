package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"
)

// The messages between agent and helper, as in helper/stoa.h: fixed structs in native byte order, one per datagram.

const (
	reqCell   = 1
	reqRun    = 2
	reqZygote = 3

	repReady  = 16
	repExit   = 17
	repFailed = 18

	flagGate     = 1
	flagTerminal = 2

	requestSize = 64
	replySize   = 40
	maxFDs      = 16
)

type request struct {
	kind, id       uint32
	slot, uid      uint32
	disk, inodes   uint64
	fsize, address uint64
	cpu, processes uint32
	files, flags   uint32
}

func (r request) encode() []byte {
	b := make([]byte, 0, requestSize)
	n := binary.NativeEndian
	for _, v := range []uint32{r.kind, r.id, r.slot, r.uid} {
		b = n.AppendUint32(b, v)
	}
	for _, v := range []uint64{r.disk, r.inodes, r.fsize, r.address} {
		b = n.AppendUint64(b, v)
	}
	for _, v := range []uint32{r.cpu, r.processes, r.files, r.flags} {
		b = n.AppendUint32(b, v)
	}
	return b
}

type reply struct {
	kind, id     uint32
	status       int32
	step         step
	userMicros   uint64
	systemMicros uint64
	maxRSSKiB    uint64
}

var errFrame = errors.New("malformed frame from the sandbox helper")

// decodeReply reads one datagram. It is strict: the helper is ours, so anything unexpected ends the nursery.
func decodeReply(b []byte) (reply, error) {
	if len(b) != replySize {
		return reply{}, fmt.Errorf("%w: %d bytes", errFrame, len(b))
	}
	n := binary.NativeEndian
	r := reply{
		kind: n.Uint32(b), id: n.Uint32(b[4:]), status: int32(n.Uint32(b[8:])), step: step(n.Uint32(b[12:])),
		userMicros: n.Uint64(b[16:]), systemMicros: n.Uint64(b[24:]), maxRSSKiB: n.Uint64(b[32:]),
	}
	switch r.kind {
	case repReady, repFailed:
		return r, nil
	case repExit:
		if w := syscall.WaitStatus(r.status); w.Exited() || w.Signaled() {
			return r, nil
		}
	}
	return reply{}, fmt.Errorf("%w: kind %d", errFrame, r.kind)
}

// exit tells how a process ended, from its wait status.
func (r reply) exit() (code int, signal syscall.Signal) {
	w := syscall.WaitStatus(r.status)
	if w.Signaled() {
		return -1, w.Signal()
	}
	return w.ExitStatus(), 0
}

// StepExec is where the helper starts the program.
const StepExec = 16

// step is where the helper failed to set a run up.
type step uint32

const (
	stepTmpfs step = 4
	stepFiles step = 13
	stepExec  step = StepExec
)

var stepNames = [...]string{
	"", "read the request", "make the namespaces", "make the network namespace", "mount the working folder",
	"mount /proc", "name the host", "give up privileges", "join the cgroups", "enter the cell", "connect the pipes",
	"set the limits", "read the payload", "write the files", "apply Landlock", "load the system call filter",
	"start the program", "watch the cell",
}

func (s step) String() string {
	if int(s) < len(stepNames) && s > 0 {
		return stepNames[s]
	}
	return fmt.Sprintf("step %d", uint32(s))
}

// setupError is a run that the helper could not set up.
type setupError struct {
	step  step
	errno syscall.Errno
}

func (e *setupError) Error() string { return fmt.Sprintf("sandbox: %s: %v", e.step, e.errno) }

func (r reply) failure() error { return &setupError{r.step, syscall.Errno(r.status)} }
