package agent

import (
	"bytes"
	"testing"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Frames put together again are what was written, in the order of writing, however a program alternates its streams.
func FuzzOutput(f *testing.F) {
	f.Add([]byte("a"), []byte{1, 2, 1}, uint16(1))
	f.Add([]byte{0, 255}, []byte{1, 1, 0, 2}, uint16(40_000))
	f.Fuzz(func(t *testing.T, text, order []byte, times uint16) {
		if len(text) > 1<<10 || len(order) > 64 {
			return
		}
		text = bytes.Repeat(text, 1+int(times)%(2*maxFrame/max(len(text), 1)+1))
		var o output
		var want [2]bytes.Buffer
		var alternation []int
		for i, b := range order {
			s := sandbox.Stream(1 + b%2)
			part := text[:len(text)*(1+int(b)%4)/4]
			o.write(s, part)
			want[s-1].Write(part)
			if len(part) > 0 {
				sign := 1
				if s == sandbox.Stderr {
					sign = -1
				}
				if n := len(alternation); n > 0 && (alternation[n-1] < 0) == (sign < 0) {
					alternation[n-1] += sign * len(part)
				} else {
					alternation = append(alternation, sign*len(part))
				}
			}
			if i%3 == 2 {
				o.cut() // as when it is sent
			}
		}
		o.cut()
		var got [2]bytes.Buffer
		for seq := range o.frames {
			m := o.frame(&agentv1.TaskRef{}, seq)
			to := &got[0]
			if m.GetStream() == agentv1.Stream_STREAM_STDERR {
				to = &got[1]
			}
			if len(m.GetBytes()) == 0 || len(m.GetBytes()) > maxFrame || m.GetOffset() != int64(to.Len()) || m.GetSeq() != int64(seq) {
				t.Errorf("frame %d: %d bytes at %d of %d", seq, len(m.GetBytes()), m.GetOffset(), to.Len())
			}
			to.Write(m.GetBytes())
		}
		for i := range got {
			if !bytes.Equal(got[i].Bytes(), want[i].Bytes()) {
				t.Errorf("stream %d came as %d bytes, %d were written", i+1, got[i].Len(), want[i].Len())
			}
		}
		layout := o.layout()
		if len(layout) != len(alternation) {
			t.Fatalf("the layout is %v, want %v", layout, alternation)
		}
		for i := range layout {
			if int(layout[i]) != alternation[i] {
				t.Errorf("the layout is %v, want %v", layout, alternation)
			}
		}
	})
}
