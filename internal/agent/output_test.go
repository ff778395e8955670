package agent

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Whatever was written and whenever frames were cut: frames count up, their bytes
// are what was written, and the layout adds up to both streams.
func TestFramesAreWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o output
		var want [3][]byte
		var order []byte // every byte with its stream, in the order of writing
		for range rapid.IntRange(0, 20).Draw(t, "writes") {
			s := sandbox.Stream(rapid.IntRange(1, 2).Draw(t, "stream"))
			b := bytes.Repeat([]byte{byte(rapid.IntRange(0, 255).Draw(t, "byte"))}, rapid.SampledFrom([]int{0, 1, 7, maxFrame - 1, maxFrame, 2*maxFrame + 1}).Draw(t, "length"))
			o.write(s, b)
			want[s] = append(want[s], b...)
			order = append(order, bytes.Repeat([]byte{byte(s)}, len(b))...)
			if rapid.Bool().Draw(t, "cut") {
				o.cut()
			}
		}
		layout := o.layout()
		var got [3][]byte
		var gotOrder []byte
		for seq := range o.frames {
			f := o.frame(&agentv1.TaskRef{}, seq)
			if f.GetSeq() != int64(seq) || f.GetOffset() != int64(len(got[f.GetStream()])) || len(f.GetBytes()) == 0 || len(f.GetBytes()) > maxFrame {
				t.Fatalf("frame %d: seq %d, offset %d, %d bytes", seq, f.GetSeq(), f.GetOffset(), len(f.GetBytes()))
			}
			got[f.GetStream()] = append(got[f.GetStream()], f.GetBytes()...)
			gotOrder = append(gotOrder, bytes.Repeat([]byte{byte(f.GetStream())}, len(f.GetBytes()))...)
		}
		if !bytes.Equal(got[1], want[1]) || !bytes.Equal(got[2], want[2]) || !bytes.Equal(gotOrder, order) {
			t.Fatal("frames differ from what was written")
		}
		var laid []byte
		for i, n := range layout {
			if n == 0 || i > 0 && (n < 0) == (layout[i-1] < 0) {
				t.Fatalf("layout %v does not alternate", layout)
			}
			s := byte(sandbox.Stdout)
			if n < 0 {
				s, n = byte(sandbox.Stderr), -n
			}
			laid = append(laid, bytes.Repeat([]byte{s}, int(n))...)
		}
		if !bytes.Equal(laid, order) {
			t.Fatalf("layout %v is not the order of writing", layout)
		}
	})
}
