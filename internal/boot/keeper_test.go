package boot

import (
	"strings"
	"testing"
	"time"
)

func TestPauses(t *testing.T) {
	for name, lives := range map[string]struct {
		each time.Duration // how long it runs
		want string
	}{
		"fails at once":           {0, "100ms 200ms 400ms 800ms 1.6s 3.2s 6.4s 12.8s 25.6s 30s 30s"},
		"is killed now and then":  {2 * time.Second, "100ms 100ms 100ms 100ms"},
		"fails soon after it ran": {300 * time.Millisecond, "100ms 100ms 100ms 100ms"},
	} {
		var got []string
		var pause time.Duration
		for range strings.FieldsSeq(lives.want) {
			pause = pauseAfter(pause, lives.each)
			got = append(got, pause.String())
		}
		if pauses := strings.Join(got, " "); pauses != lives.want {
			t.Errorf("%s: it pauses for %s, want %s", name, pauses, lives.want)
		}
	}
	if pause := pauseAfter(longestPause, 2*longestPause+1); pause != firstPause {
		t.Errorf("one that failed often and then worked waits %s", pause)
	}
}
