package stoa

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
)

// ExecutionEvent is one step of an execution's life. Exactly one of Execution and Output is set, or neither for a reset.
type ExecutionEvent struct {
	ID        string // give it to WatchFrom to go on after this event
	Type      ExecutionEventType
	Execution *Execution // for Status (without output) and Result
	Output    *Output
	Attempt   int           // for Output and Reset
	Refused   *InputRefusal // for InputRefused, which only an Attachment gives
}

// ExecutionEventType is what happened.
type ExecutionEventType string

// The types of ExecutionEvent.
const (
	Status      ExecutionEventType = "status" // the status changed
	OutputFrame ExecutionEventType = "output" // the script wrote something
	Reset       ExecutionEventType = "reset"  // the attempt was lost with its node: its output does not count
	Result      ExecutionEventType = "result" // the end; nothing follows

	InputRefused ExecutionEventType = "refused" // something was not written
)

// Output is a piece of what a script wrote.
type Output struct {
	Attempt int    `json:"attempt"`
	Seq     int64  `json:"seq"`
	Stream  string `json:"stream"` // "stdout" or "stderr"
	Offset  int64  `json:"offset"` // of Data in that stream, in bytes
	Data    []byte `json:"-"`
}

// UnmarshalJSON takes the bytes from data (text) or data_base64 (anything else).
func (o *Output) UnmarshalJSON(raw []byte) error {
	type plain Output
	var wire struct {
		*plain
		Text   string `json:"data"`
		Binary []byte `json:"data_base64"`
	}
	wire.plain = (*plain)(o)
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	o.Data = wire.Binary
	if wire.Text != "" {
		o.Data = []byte(wire.Text)
	}
	return nil
}

// Watch follows an execution until its result, across broken connections. Every byte of output comes once, in order;
// a Reset says that an attempt was thrown away and its output with it. An error ends the sequence.
func (s *Executions) Watch(ctx context.Context, id string) iter.Seq2[ExecutionEvent, error] {
	return s.WatchFrom(ctx, id, "")
}

// WatchFrom is Watch that goes on after the event with this id.
func (s *Executions) WatchFrom(ctx context.Context, id, lastID string) iter.Seq2[ExecutionEvent, error] {
	return func(yield func(ExecutionEvent, error) bool) {
		var seen progress
		for f, err := range s.c.stream(ctx, executionPath(id)+"/events", nil, lastID) {
			if err != nil {
				yield(ExecutionEvent{}, err)
				return
			}
			event, err := decodeExecutionEvent(f)
			if err != nil {
				yield(ExecutionEvent{}, err)
				return
			}
			if !seen.admit(&event) {
				continue
			}
			if !yield(event, nil) || event.Type == Result {
				return
			}
		}
	}
}

func decodeExecutionEvent(f frame) (ExecutionEvent, error) {
	event := ExecutionEvent{ID: f.id, Type: ExecutionEventType(f.event)}
	var into any
	switch event.Type {
	case Status, Result:
		event.Execution = &Execution{}
		into = event.Execution
	case OutputFrame:
		event.Output = &Output{}
		into = event.Output
	case InputRefused:
		event.Refused = &InputRefusal{}
		into = event.Refused
	case Reset:
		into = &struct {
			Attempt *int `json:"attempt"`
		}{&event.Attempt}
	default:
		return event, nil // a type from a newer server: passed on, for its id
	}
	if err := json.Unmarshal(f.data, into); err != nil {
		return event, fmt.Errorf("decode %s event: %w", event.Type, err)
	}
	if event.Output != nil {
		event.Attempt = event.Output.Attempt
	}
	return event, nil
}

// progress is how far each stream of the present attempt has come. After a reconnection the server may say again what
// was said: from the agent's buffer it resumes by frame, from the stored output by stream.
type progress struct {
	attempt int
	at      map[string]int64
}

// admit cuts off what was seen, and tells whether anything is left.
func (p *progress) admit(event *ExecutionEvent) bool {
	switch {
	case event.Type == Reset, event.Output != nil && event.Output.Attempt > p.attempt:
		if event.Attempt < p.attempt {
			return false
		}
		p.attempt, p.at = event.Attempt, map[string]int64{}
	case event.Output != nil && event.Output.Attempt < p.attempt:
		return false
	}
	out := event.Output
	if out == nil {
		return true
	}
	if behind := p.at[out.Stream] - out.Offset; behind > 0 {
		if behind >= int64(len(out.Data)) {
			return false
		}
		out.Data, out.Offset = out.Data[behind:], out.Offset+behind
	}
	p.at[out.Stream] = out.Offset + int64(len(out.Data))
	return true
}
