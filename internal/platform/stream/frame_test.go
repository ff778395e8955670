package stream

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFrameOnTheWire(t *testing.T) {
	for _, c := range []struct {
		frame Frame
		want  string
	}{
		{Frame{ID: "7", Event: "status", Data: []byte(`{"a":1}`)}, "id: 7\nevent: status\ndata: {\"a\":1}\n\n"},
		{Frame{Data: []byte("a\nb\r\nc\rd\n")}, "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"},
		{Frame{}, "data: \n\n"},
		{Frame{ID: "1\nevent: forged", Event: "x\rid: 9"}, "id: 1event: forged\nevent: xid: 9\ndata: \n\n"},
	} {
		if diff := cmp.Diff(c.want, string(c.frame.append(nil))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(c.want, string(c.frame.Encode().wire)); diff != "" {
			t.Error(diff)
		}
	}
}

// parse reads frames as a browser does.
func parse(wire []byte) (frames []Frame) {
	var f Frame
	var data []string
	lines := bufio.NewScanner(bytes.NewReader(wire))
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if data != nil {
				f.Data = []byte(strings.Join(data, "\n"))
				frames = append(frames, f)
			}
			f, data = Frame{}, nil
		case field == "id":
			f.ID = value
		case field == "event":
			f.Event = value
		case field == "data":
			data = append(data, value)
		}
	}
	return frames
}

func TestFramesSurviveTheWire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z :\n{}"]{0,40}`)
		var wire []byte
		var want []Frame
		for range rapid.IntRange(0, 5).Draw(t, "frames") {
			f := Frame{ID: rapid.StringMatching(`[0-9a-f-]{0,20}`).Draw(t, "id"), Event: rapid.StringMatching(`[a-z.]{0,20}`).Draw(t, "event"), Data: []byte(text.Draw(t, "data"))}
			want = append(want, f)
			wire = f.append(wire)
		}
		if diff := cmp.Diff(want, parse(wire), cmp.AllowUnexported(Frame{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
