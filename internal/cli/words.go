package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// size is a number of bytes written as people write it: 64M, 512MiB, 1g, 4096.
type size int64

// UnmarshalText reads a size; K, M and G are powers of 1024.
func (s *size) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	word = strings.TrimSuffix(strings.TrimSuffix(word, "b"), "i")
	shift := 0
	switch {
	case strings.HasSuffix(word, "k"):
		shift = 10
	case strings.HasSuffix(word, "m"):
		shift = 20
	case strings.HasSuffix(word, "g"):
		shift = 30
	}
	if shift > 0 {
		word = word[:len(word)-1]
	}
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)>>shift {
		return fmt.Errorf("%q is not a size; write for instance 64M, 1G or 65536", text)
	}
	*s = size(n << shift)
	return nil
}

// byteCount writes a number of bytes for people.
func byteCount(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit.size)), ".0") + " " + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

// milliseconds writes a duration for people.
func milliseconds(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d < time.Second {
		return strconv.FormatInt(ms, 10) + " ms"
	}
	if d < time.Minute {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
	}
	text := d.Round(time.Second).String()
	if minutes, whole := strings.CutSuffix(text, "m0s"); whole {
		return minutes + "m"
	}
	return text
}

// ago writes how long something is past.
func ago(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	d := max(time.Since(*at), 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// moment writes a time exactly, in the reader's zone.
func moment(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.Local().Format(time.RFC3339)
}

// never is moment for things that may have no end.
func never(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "never"
	}
	return moment(at)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
