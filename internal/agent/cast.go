package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// cast is the recording of a run, in asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a header line and
// one line for each event. A nil one records nothing.
type cast struct {
	clock func() time.Time
	began time.Time

	mu    sync.Mutex
	lines bytes.Buffer
	left  int64
	full  bool
	half  map[string][]byte // per source: the beginning of a character whose rest is still to come
}

// Sizes of a player's screen for a run that has no terminal.
const (
	plainColumns = 80
	plainRows    = 24
)

func newCast(columns, rows uint16, most int64, clock func() time.Time) *cast {
	if columns == 0 {
		columns, rows = plainColumns, plainRows
	}
	c := &cast{clock: clock, began: clock(), left: most, half: map[string][]byte{}}
	c.line(fmt.Appendf(nil, `{"version":2,"width":%d,"height":%d}`, columns, rows))
	return c
}

func (c *cast) printed(stream sandbox.Stream, b []byte) { c.text("o", stream.String(), b) }

func (c *cast) typed(b []byte) { c.text("i", "stdin", b) }

func (c *cast) resized(columns, rows uint16) {
	if c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.event("r", fmt.Sprintf("%dx%d", columns, rows))
	}
}

// text records bytes of one source. The format holds text: a character that is cut waits for its rest,
// and what is none becomes a replacement character.
func (c *cast) text(code, source string, b []byte) {
	if c == nil || len(b) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b = append(c.half[source], b...)
	whole := len(b) - cut(b)
	c.half[source] = bytes.Clone(b[whole:])
	if whole > 0 {
		c.event(code, strings.ToValidUTF8(string(b[:whole]), "\uFFFD"))
	}
}

// cut tells how many of the last bytes are the beginning of a character.
func cut(b []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(b)); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

func (c *cast) event(code, data string) {
	if c.full {
		return
	}
	quoted, err := json.Marshal(data)
	if err != nil { // a string always can
		return
	}
	at := strconv.FormatFloat(c.clock().Sub(c.began).Seconds(), 'f', 6, 64)
	line := fmt.Appendf(nil, `[%s,%q,%s]`, at, code, quoted)
	if int64(len(line)) >= c.left {
		c.full = true
		line = fmt.Appendf(nil, `[%s,"m","The recording ends here: it reached its limit, execution.recording.max_bytes."]`, at)
	}
	c.line(line)
}

func (c *cast) line(b []byte) {
	c.lines.Write(b)
	c.lines.WriteByte('\n')
	c.left -= int64(len(b)) + 1
}

func (c *cast) end() []byte {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines.Bytes()
}
