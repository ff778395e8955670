// Package stream brings changes to people as they happen: subscriptions that read a
// source at their reader's pace, Server-Sent Events over any of them, and keyed
// waiters for whoever only needs to know that something changed.
//
// Who changes something never waits for readers. A client that does not keep up is cut
// off, and resumes from the id of the last frame that it has: a stream is a convenience
// on top of a source of truth, never the truth.
package stream

import (
	"bytes"
	"errors"
	"strings"
)

// Frame is one thing to tell. It does not change once published.
type Frame struct {
	ID    string // where to resume after this frame; may be empty
	Event string // what sort of frame; empty means "message" to browsers
	Data  []byte

	wire []byte // the frame in SSE form, made once for all subscribers
}

// ErrSlow ends a stream before its source does.
var ErrSlow = errors.New("the client is too slow: resume from the last id")

// Encode prepares a frame that many will be sent.
func (f Frame) Encode() Frame {
	if f.wire == nil {
		f.wire = f.append(nil)
	}
	return f
}

var breaks = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

// append writes the event-stream form: field lines, and an empty line at the end.
// A line break in the data starts another data line; ids and names cannot hold any.
func (f Frame) append(b []byte) []byte {
	if f.ID != "" {
		b = append(append(append(b, "id: "...), breaks.Replace(f.ID)...), '\n')
	}
	if f.Event != "" {
		b = append(append(append(b, "event: "...), breaks.Replace(f.Event)...), '\n')
	}
	data := f.Data
	for {
		line, rest := data, []byte(nil)
		i := bytes.IndexAny(data, "\r\n")
		if i >= 0 {
			line, rest = data[:i], data[i+1:]
			if data[i] == '\r' && len(rest) > 0 && rest[0] == '\n' {
				rest = rest[1:]
			}
		}
		b = append(append(append(b, "data: "...), line...), '\n')
		if i < 0 {
			return append(b, '\n')
		}
		data = rest
	}
}
