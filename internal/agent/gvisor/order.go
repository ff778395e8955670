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

const orderSize = 5*8 + 6*4

// What is asked for. All after orderKill is for a job that has ended; each of it has one endData for an answer.
const (
	orderRun uint32 = iota
	orderKill
	orderSettle
	orderList
	orderEnter
	orderLeave
	orderOpen
	orderRead
)

// orderOf asks for one process.
func orderOf(step sandbox.Step) []byte {
	l := step.Limits
	input := uint32(0)
	if step.Program {
		input = 1
	}
	// Its kernel counts time in which it did not get the CPU that it asked for, so on a busy host its clock is fast: the cgroup's is
	// the limit, and this one only holds if nobody looks at that.
	cpu := uint32(min(4*(l.CPU.Milliseconds()+999)/1000+60, 1<<30))                                                                                  //nolint:gosec // bounded
	return encodeOrder([5]uint64{uint64(l.DiskBytes), uint64(l.InodeCount), uint64(l.DiskBytes), uint64(len(step.Payload)), uint64(step.Follows())}, //nolint:gosec // checked: none is negative
		[6]uint32{sandbox.GuestUID, cpu, uint32(l.Processes), openFiles, input, orderRun}, step.Payload) //nolint:gosec // checked
}

// orderFor asks for anything else.
func orderFor(kind uint32, name string) []byte {
	return encodeOrder([5]uint64{3: uint64(len(name))}, [6]uint32{5: kind}, []byte(name))
}

func encodeOrder(long [5]uint64, short [6]uint32, payload []byte) []byte {
	n := binary.NativeEndian
	b := make([]byte, 0, orderSize+len(payload))
	for _, v := range long {
		b = n.AppendUint64(b, v)
	}
	for _, v := range short {
		b = n.AppendUint32(b, v)
	}
	return append(b, payload...)
}

// openFiles is how many descriptors one process may have.
const openFiles = 1024

const (
	endReady  = 1
	endExit   = 2
	endFailed = 3
	endData   = 4

	markFull    = 1
	markCrowded = 2

	endSize  = 16
	mostData = 256 * 257 // bytes of one answer: so many names of the longest kind
)

// end is what pid 1 tells: that it waits, how a process ended, that it could not begin, or
// what there is of the files of one that has ended.
type end struct {
	kind, step uint32 // endData: step is the size of data
	status     int32  // a wait status, or an errno
	marks      int32  // what was exhausted
	data       []byte
}

var errFrame = errors.New("malformed frame from inside the sandbox")

func readEnd(r io.Reader) (end, error) {
	var b [endSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return end{}, err
	}
	e, err := decodeEnd(b)
	if err != nil || e.kind != endData {
		return e, err
	}
	e.data = make([]byte, e.step)
	_, err = io.ReadFull(r, e.data)
	return e, err
}

func decodeEnd(b [endSize]byte) (end, error) {
	n := binary.NativeEndian
	e := end{kind: n.Uint32(b[:]), step: n.Uint32(b[4:]), status: int32(n.Uint32(b[8:])), marks: int32(n.Uint32(b[12:]))} //nolint:gosec // as they were sent
	switch w := syscall.WaitStatus(e.status); {                                                                           //nolint:gosec // a wait status
	case e.kind == endReady || e.kind == endFailed:
	case e.kind == endExit && (w.Exited() || w.Signaled()):
	case e.kind == endData && e.step <= mostData:
	default:
		return end{}, fmt.Errorf("%w: kind %d, status %d", errFrame, e.kind, e.status)
	}
	return e, nil
}
