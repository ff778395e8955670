package gvisor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// What is said between the driver and pid 1 of a sandbox, as in sandbox/helper/gvisor.c:
// fixed structs in native byte order; an order is followed by its payload.

const orderSize = 4*8 + 6*4

// orderOf asks for one process.
func orderOf(step sandbox.Step) []byte {
	l := step.Limits
	input := uint32(0)
	if step.Program {
		input = 1
	}
	n := binary.NativeEndian
	b := make([]byte, 0, orderSize+len(step.Payload))
	for _, v := range []uint64{uint64(l.DiskBytes), uint64(l.InodeCount), uint64(l.DiskBytes), uint64(len(step.Payload))} { //nolint:gosec // checked: none is negative
		b = n.AppendUint64(b, v)
	}
	cpu := uint32(min((l.CPU.Milliseconds()+999)/1000, 1<<30)) //nolint:gosec // bounded
	for _, v := range []uint32{sandbox.GuestUID, cpu, uint32(l.Processes), openFiles, input, 0} {
		b = n.AppendUint32(b, v)
	}
	return append(b, step.Payload...)
}

// openFiles is how many descriptors one process may have.
const openFiles = 1024

const (
	endReady  = 1
	endExit   = 2
	endFailed = 3

	markFull    = 1
	markCrowded = 2

	endSize = 16
)

// end is what pid 1 tells: that it waits, how a process ended, or that it could not begin.
type end struct {
	kind, step uint32
	status     int32 // a wait status, or an errno
	marks      int32 // what was exhausted
}

var errFrame = errors.New("malformed frame from inside the sandbox")

func readEnd(r io.Reader) (end, error) {
	var b [endSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return end{}, err
	}
	return decodeEnd(b)
}

func decodeEnd(b [endSize]byte) (end, error) {
	n := binary.NativeEndian
	e := end{kind: n.Uint32(b[:]), step: n.Uint32(b[4:]), status: int32(n.Uint32(b[8:])), marks: int32(n.Uint32(b[12:]))} //nolint:gosec // as they were sent
	switch w := syscall.WaitStatus(e.status); {                                                                           //nolint:gosec // a wait status
	case e.kind == endReady || e.kind == endFailed:
	case e.kind == endExit && (w.Exited() || w.Signaled()):
	default:
		return end{}, fmt.Errorf("%w: kind %d, status %d", errFrame, e.kind, e.status)
	}
	return e, nil
}
