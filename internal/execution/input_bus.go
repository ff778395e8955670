package execution

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// States of an input beside those that nodes tell.
const (
	inputLost = "lost" // nobody knows what became of it
	inputAway = "away" // it was not sent: nobody holds the node's session now
)

// inputAnswer is what became of one input.
type inputAnswer struct {
	taken int
	state string
}

// inputs are those that nodes have not answered yet, and the subscriptions by which other
// replicas reach the nodes whose sessions are here.
type inputs struct {
	mu      sync.Mutex
	next    int64
	waiting map[int64]asked
	doors   map[ident.ID]bus.Subscription // by node
}

type asked struct {
	node ident.ID
	size int // bytes: no more can be taken
	done func(inputAnswer)
}

func newInputs() *inputs {
	return &inputs{waiting: map[int64]asked{}, doors: map[ident.ID]bus.Subscription{}}
}

// expect makes an id; done is called once, when its answer comes or the node's session ends.
func (i *inputs) expect(at ident.ID, size int, done func(inputAnswer)) int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next++
	i.waiting[i.next] = asked{at, size, done}
	return i.next
}

// answer ends the waiting for an input's answer, if it waits and is that node's.
func (i *inputs) answer(at ident.ID, id int64, a inputAnswer) {
	i.mu.Lock()
	w, ok := i.waiting[id]
	if ok = ok && w.node == at; ok {
		delete(i.waiting, id)
	}
	i.mu.Unlock()
	if ok {
		a.taken = min(max(a.taken, 0), w.size)
		w.done(a)
	}
}

func (i *inputs) taken(at ident.ID, r node.InputTaken) {
	i.answer(at, r.ID, inputAnswer{r.Taken, r.State})
}

// lost answers everything that a node will not answer any more, and closes its door.
func (i *inputs) lost(at ident.ID) {
	i.mu.Lock()
	var ids []int64
	for id, w := range i.waiting {
		if w.node == at {
			ids = append(ids, id)
		}
	}
	door := i.doors[at]
	delete(i.doors, at)
	i.mu.Unlock()
	for _, id := range ids {
		i.answer(at, id, inputAnswer{state: inputLost})
	}
	if door != nil {
		_ = door.Close()
	}
}

// inputSubject is "stoa.execution.input.<node>": the replica that holds the node's session answers.
func inputSubject(at ident.ID) string { return bus.Subject("execution", "input", at.String()) }

// openInput lets other replicas write to what runs on a node whose session is here.
func (s *Slice) openInput(at ident.ID) error {
	door, err := s.live.bus.Subscribe(inputSubject(at), func(m bus.Message) {
		ref, in, err := decodeInput(m.Data)
		if err != nil || m.Answer == nil {
			return
		}
		// It does not wait here: others write to this node too.
		s.sendHere(at, ref, in, func(a inputAnswer) { _ = m.Answer(a.encode()) })
	})
	if err != nil {
		return err
	}
	s.inputs.mu.Lock()
	before := s.inputs.doors[at]
	s.inputs.doors[at] = door
	s.inputs.mu.Unlock()
	if before != nil {
		_ = before.Close()
	}
	return nil
}

// sendHere sends over the session that this replica holds, or says that it does not.
func (s *Slice) sendHere(at ident.ID, ref node.TaskRef, in node.Input, done func(inputAnswer)) {
	in.ID = s.inputs.expect(at, len(in.Bytes), done)
	if err := s.nodes.Input(at, ref.ID, ref.Attempt, in); err != nil {
		s.inputs.answer(at, in.ID, inputAnswer{state: inputAway})
	}
}

// send gives in to the execution's node once, wherever its session is, and waits for the answer.
func (s *Slice) send(ctx context.Context, e Execution, in node.Input) inputAnswer {
	ref := node.TaskRef{Kind: Kind, ID: e.ID, Attempt: e.Attempt}
	if s.placer.holds(e.NodeID) {
		answered := make(chan inputAnswer, 1)
		s.sendHere(e.NodeID, ref, in, func(a inputAnswer) { answered <- a })
		select {
		case a := <-answered:
			return a
		case <-ctx.Done():
			return inputAnswer{state: inputLost}
		}
	}
	b, err := s.live.bus.Request(ctx, inputSubject(e.NodeID), encodeInput(ref, in))
	switch {
	case errors.Is(err, bus.ErrNobody), errors.Is(err, bus.ErrAway):
		return inputAnswer{state: inputAway}
	case err != nil:
		return inputAnswer{state: inputLost}
	}
	return decodeAnswer(b)
}

// An input between replicas: execution, attempt, whether it ends, columns and rows (zero: as they are), bytes.
const inputHeader = 16 + 4 + 1 + 2 + 2

var errShortInput = errors.New("input is shorter than its header")

func encodeInput(ref node.TaskRef, in node.Input) []byte {
	b := make([]byte, 0, inputHeader+len(in.Bytes))
	b = append(b, ref.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(ref.Attempt)) //nolint:gosec // small
	var end byte
	if in.End {
		end = 1
	}
	b = append(b, end)
	var size node.TerminalSize
	if in.Size != nil {
		size = *in.Size
	}
	b = binary.BigEndian.AppendUint16(b, uint16(size.Columns)) //nolint:gosec // at most 1000
	b = binary.BigEndian.AppendUint16(b, uint16(size.Rows))    //nolint:gosec // at most 1000
	return append(b, in.Bytes...)
}

func decodeInput(b []byte) (ref node.TaskRef, in node.Input, err error) {
	if len(b) < inputHeader {
		return ref, in, errShortInput
	}
	ref.Kind = Kind
	copy(ref.ID[:], b)
	ref.Attempt = int(binary.BigEndian.Uint32(b[16:]))
	in.End = b[20] == 1
	if size := (node.TerminalSize{Columns: int(binary.BigEndian.Uint16(b[21:])), Rows: int(binary.BigEndian.Uint16(b[23:]))}); size.Columns > 0 {
		in.Size = &size
	}
	in.Bytes = b[inputHeader:]
	return ref, in, nil
}

func (a inputAnswer) encode() []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(a.taken)), a.state...) //nolint:gosec // a frame
}

func decodeAnswer(b []byte) inputAnswer {
	if len(b) < 4 {
		return inputAnswer{state: inputLost}
	}
	return inputAnswer{int(binary.BigEndian.Uint32(b)), string(b[4:])}
}
