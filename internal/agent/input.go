package agent

import (
	"io"
	"sync"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
)

// maxInput is how much input may wait for a program that does not read, in bytes.
const maxInput = 64 << 10

// The states of an input, as InputTaken tells them.
const (
	inputOpen   = ""
	inputFull   = "full"   // the rest may be sent again later
	inputClosed = "closed" // it has ended, or the program reads no more
	inputGone   = "gone"   // there is no such program here
)

// input is what a program is to read while it runs: the session offers, the sandbox reads.
// It never blocks the session, which serves every other task too: what finds no room is left
// with the sender.
type input struct {
	mu     sync.Mutex
	come   *sync.Cond
	bytes  []byte
	ended  bool // nothing follows what is in bytes
	closed bool // nobody reads any more
}

func newInput(first []byte) *input {
	in := &input{bytes: append([]byte(nil), first...)}
	in.come = sync.NewCond(&in.mu)
	return in
}

// offer takes as much of b as there is room for; with all of it, end ends the input.
func (in *input) offer(b []byte, end bool) (taken int, state string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed || in.ended {
		return 0, inputClosed
	}
	taken = max(min(len(b), maxInput-len(in.bytes)), 0)
	in.bytes = append(in.bytes, b[:taken]...)
	if taken < len(b) {
		state = inputFull
	} else {
		in.ended = end
	}
	in.come.Broadcast()
	return taken, state
}

// Read waits for input.
func (in *input) Read(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.bytes) == 0 && !in.ended && !in.closed {
		in.come.Wait()
	}
	if in.closed || len(in.bytes) == 0 {
		return 0, io.EOF
	}
	n := copy(p, in.bytes)
	if in.bytes = in.bytes[n:]; len(in.bytes) == 0 {
		in.bytes = nil // or else it would grow for ever
	}
	return n, nil
}

// Close says that nobody reads any more.
func (in *input) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed, in.bytes = true, nil
	in.come.Broadcast()
	return nil
}

// give hands a program what came for it, and notes the answer for the session's sender.
func (t *table) give(m *agentv1.Input) {
	t.mu.Lock()
	defer t.mu.Unlock()
	answer := &agentv1.InputTaken{Ref: m.GetRef(), Id: m.GetId(), State: inputGone}
	if x := t.tasks[key(m.GetRef())]; x != nil && x.result == nil && x.talk != nil {
		taken, state := x.talk.take(m)
		answer.Taken, answer.State = int32(taken), state //nolint:gosec // a frame
	}
	t.taken = append(t.taken, answer)
	t.ring()
}

// answers are what was noted since they were last taken.
func (t *table) answers() []*agentv1.FromAgent {
	var all []*agentv1.FromAgent
	for _, answer := range t.taken {
		all = append(all, &agentv1.FromAgent{Message: &agentv1.FromAgent_InputTaken{InputTaken: answer}})
	}
	t.taken = nil
	return all
}
