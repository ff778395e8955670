package agent

import (
	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// maxFrame is the longest frame, in bytes.
const maxFrame = 64 << 10

// output is what a program wrote and the sandbox kept, in the order of writing.
// Frames are cut when they are first sent, and stay as they were cut.
type output struct {
	stdout, stderr []byte
	frames         []piece // cut
	tail           []piece // not cut yet
}

// piece is a stretch of one stream.
type piece struct {
	stream     sandbox.Stream
	start, end int
}

func (o *output) buffer(s sandbox.Stream) *[]byte {
	if s == sandbox.Stderr {
		return &o.stderr
	}
	return &o.stdout
}

func (o *output) write(s sandbox.Stream, b []byte) {
	if len(b) == 0 {
		return
	}
	buffer := o.buffer(s)
	start := len(*buffer)
	*buffer = append(*buffer, b...)
	if n := len(o.tail); n > 0 && o.tail[n-1].stream == s {
		o.tail[n-1].end = len(*buffer)
		return
	}
	o.tail = append(o.tail, piece{s, start, len(*buffer)})
}

// cut makes frames of everything that was written.
func (o *output) cut() {
	for _, p := range o.tail {
		for ; p.end-p.start > maxFrame; p.start += maxFrame {
			o.frames = append(o.frames, piece{p.stream, p.start, p.start + maxFrame})
		}
		o.frames = append(o.frames, p)
	}
	o.tail = o.tail[:0]
}

// frame is the message of one cut frame. Its bytes are shared and never change.
func (o *output) frame(ref *agentv1.TaskRef, seq int) *agentv1.Output {
	p := o.frames[seq]
	stream := agentv1.Stream_STREAM_STDOUT
	if p.stream == sandbox.Stderr {
		stream = agentv1.Stream_STREAM_STDERR
	}
	return &agentv1.Output{Ref: ref, Seq: int64(seq), Stream: stream, Offset: int64(p.start), Bytes: (*o.buffer(p.stream))[p.start:p.end]}
}

// layout tells how the streams alternated: byte counts, negative ones on stderr.
func (o *output) layout() []int32 {
	o.cut()
	var runs []int32
	for _, p := range o.frames {
		n := int32(p.end - p.start) //nolint:gosec // a frame
		if p.stream == sandbox.Stderr {
			n = -n
		}
		if last := len(runs) - 1; last >= 0 && (runs[last] < 0) == (n < 0) {
			runs[last] += n
			continue
		}
		runs = append(runs, n)
	}
	return runs
}
