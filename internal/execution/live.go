package execution

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Live carries what a run writes, while it writes, from the replica that holds its
// node's session to whoever watches, on any replica. Nothing of it is stored: a
// watcher that misses something asks the agent for all of it again, and the result
// has it in the end.
type Live struct {
	bus bus.Bus
	log *slog.Logger
}

// NewLive makes the carrier.
func NewLive(b bus.Bus, log *slog.Logger) *Live { return &Live{bus: b, log: log} }

// LiveKind says what a live frame tells.
type LiveKind byte

// The kinds of live frame.
const (
	LiveOutput  LiveKind = 'o' // bytes of stdout or stderr
	LiveStarted LiveKind = 's' // the attempt runs; At is when it began
	LiveReset   LiveKind = 'r' // the attempt was lost; another follows from the start

	LiveAttached LiveKind = 'a' // somebody else is attached, or no longer: the rows say who
)

// LiveFrame is one piece of a run's life.
type LiveFrame struct {
	Kind    LiveKind
	Attempt int
	Seq     int64
	Stderr  bool
	Offset  int64 // in its stream
	Bytes   []byte
	At      time.Time
}

// liveSubject is "stoa.execution.live.<id>".
func liveSubject(id ident.ID) string { return bus.Subject("execution", "live", id.String()) }

// askSubject is "stoa.execution.ask": whichever replica holds the node's session acts.
func askSubject() string { return bus.Subject("execution", "ask") }

// What one replica asks of the others. Losing it costs time: they look by themselves.
const (
	askReplay byte = 'r' // send the attempt's output once more
	askCancel byte = 'c' // tell the node to end it
	askEgress byte = 'e' // tell the node where it may connect to
	askClaim  byte = 'q' // it is queued: perhaps you have room
)

func (l *Live) output(id ident.ID, attempt int, f node.Frame) {
	l.publish(id, LiveFrame{Kind: LiveOutput, Attempt: attempt, Seq: f.Seq, Stderr: f.Stream == node.Stderr, Offset: f.Offset, Bytes: f.Bytes})
}

func (l *Live) started(id ident.ID, attempt int, at time.Time) {
	l.publish(id, LiveFrame{Kind: LiveStarted, Attempt: attempt, At: at})
}

func (l *Live) reset(id ident.ID, attempt int) {
	l.publish(id, LiveFrame{Kind: LiveReset, Attempt: attempt})
}

// attached says that somebody came or left. Who misses it looks again by itself.
func (l *Live) attached(id ident.ID) { l.publish(id, LiveFrame{Kind: LiveAttached}) }

func (l *Live) publish(id ident.ID, f LiveFrame) {
	if err := l.bus.Publish(liveSubject(id), f.encode()); err != nil {
		l.log.Debug("live frame lost", "execution", id, "error", err)
	}
}

// Watch passes an execution's live frames to handle, one after the other, until the
// subscription is closed. lost is called when frames are missing.
func (l *Live) Watch(id ident.ID, handle func(LiveFrame), lost func()) (bus.Subscription, error) {
	return l.bus.Subscribe(liveSubject(id), func(m bus.Message) {
		if f, err := decodeLive(m.Data); err == nil {
			handle(f)
		}
	}, bus.OnLost(func(int) { lost() }))
}

// AskReplay asks for all output of the current attempt once more.
func (l *Live) AskReplay(id ident.ID) { l.ask(askReplay, id) }

func (l *Live) ask(what byte, id ident.ID) {
	if err := l.bus.Publish(askSubject(), append([]byte{what}, id[:]...)); err != nil {
		l.log.Debug("question to other replicas lost", "execution", id, "error", err)
	}
}

// answer serves what replicas ask of each other, this one included.
func (l *Live) answer(handle func(what byte, id ident.ID)) (bus.Subscription, error) {
	return l.bus.Subscribe(askSubject(), func(m bus.Message) {
		var id ident.ID
		if len(m.Data) == 1+len(id) {
			copy(id[:], m.Data[1:])
			handle(m.Data[0], id)
		}
	})
}

// The header of an encoded frame: kind, stream, attempt, sequence, offset (or the
// start's time in microseconds), then the bytes.
const liveHeader = 1 + 1 + 4 + 8 + 8

func (f LiveFrame) encode() []byte {
	b := make([]byte, liveHeader, liveHeader+len(f.Bytes))
	b[0] = byte(f.Kind)
	if f.Stderr {
		b[1] = 1
	}
	offset := f.Offset
	if f.Kind == LiveStarted {
		offset = f.At.UnixMicro()
	}
	binary.BigEndian.PutUint32(b[2:], uint32(f.Attempt)) //nolint:gosec // small
	binary.BigEndian.PutUint64(b[6:], uint64(f.Seq))     //nolint:gosec // counts up from 0
	binary.BigEndian.PutUint64(b[14:], uint64(offset))
	return append(b, f.Bytes...)
}

var errShortFrame = errors.New("live frame is shorter than its header")

func decodeLive(b []byte) (LiveFrame, error) {
	if len(b) < liveHeader {
		return LiveFrame{}, errShortFrame
	}
	f := LiveFrame{
		Kind: LiveKind(b[0]), Stderr: b[1] == 1,
		Attempt: int(binary.BigEndian.Uint32(b[2:])),
		Seq:     int64(binary.BigEndian.Uint64(b[6:])),  //nolint:gosec // written from an int64
		Offset:  int64(binary.BigEndian.Uint64(b[14:])), //nolint:gosec // written from an int64
		Bytes:   b[liveHeader:],
	}
	if f.Kind == LiveStarted {
		f.At, f.Offset = time.UnixMicro(f.Offset).UTC(), 0
	}
	return f, nil
}
