package agent

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

func TestCastIsAsciicast(t *testing.T) {
	now := time.Unix(1000, 0)
	c := newCast(100, 30, 1<<20, func() time.Time { return now })
	c.printed(sandbox.Stdout, []byte("caf\xc3"))
	now = now.Add(1500 * time.Millisecond)
	c.printed(sandbox.Stderr, []byte("bad \xff\n"))
	c.printed(sandbox.Stdout, []byte("\xa9\r\n"))
	c.typed([]byte("yes\n"))
	c.resized(120, 40)
	want := []string{
		`{"version":2,"width":100,"height":30}`,
		`[0.000000,"o","caf"]`,
		`[1.500000,"o","bad ` + "\uFFFD" + `\n"]`,
		`[1.500000,"o","é\r\n"]`,
		`[1.500000,"i","yes\n"]`,
		`[1.500000,"r","120x40"]`,
		``,
	}
	if diff := cmp.Diff(want, strings.Split(string(c.end()), "\n")); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(string(c.end())) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%s is no JSON", line)
		}
	}
}

func TestCastEndsAtItsBound(t *testing.T) {
	c := newCast(0, 0, 300, time.Now)
	for range 100 {
		c.printed(sandbox.Stdout, []byte("some words\n"))
	}
	lines := strings.Split(strings.TrimSpace(string(c.end())), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, `"m"`) || !strings.Contains(last, "execution.recording.max_bytes") {
		t.Errorf("it ends with %s", last)
	}
	if len(c.end()) > 500 {
		t.Errorf("it is %d bytes long", len(c.end()))
	}
	var none *cast
	none.printed(sandbox.Stdout, []byte("x"))
	none.typed([]byte("x"))
	none.resized(1, 1)
	if none.end() != nil {
		t.Error("a recording of nothing")
	}
}
