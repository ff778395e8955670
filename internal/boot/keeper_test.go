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

func TestHopeless(t *testing.T) {
	for name, c := range map[string]struct {
		deaths        int
		never, killed bool
		want          bool
	}{
		"it says at once what is wrong":        {1, true, false, true},
		"it is killed as it starts":            {1, true, true, false},
		"and its database after it":            {2, true, false, false},
		"again and again":                      {mostDeaths, true, true, true},
		"it had worked":                        {1, false, false, false},
		"it had worked, and does not any more": {mostDeaths, false, false, true},
	} {
		if got := isHopeless(c.deaths, c.never, c.killed); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
