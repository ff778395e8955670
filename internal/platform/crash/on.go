//go:build crashpoints

// Package crash labels the moments at which a process must be able to die. In the
// programs that people run a label is nothing; built with the tag crashpoints, a
// program kills itself at the label that STOA_CRASH_AT names, so that tests can
// stand at exactly that moment.
package crash

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// STOA_CRASH_AT is "label", "label:n" to pass it n times unharmed, or
// "label:n:file" to die only if the file is not there yet, and make it: a process
// that is started again then lives.
var label, spared, marker = parse(os.Getenv("STOA_CRASH_AT"))

var passed atomic.Int64

func parse(text string) (label string, spared int64, marker string) {
	label, rest, _ := strings.Cut(text, ":")
	count, marker, _ := strings.Cut(rest, ":")
	spared, _ = strconv.ParseInt(count, 10, 64)
	return label, spared, marker
}

// Point labels a moment: "execution.committed".
func Point(here string) {
	if here != label || passed.Add(1) <= spared {
		return
	}
	if marker != "" {
		f, err := os.OpenFile(marker, os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // tells nothing
		if err != nil {
			return
		}
		_ = f.Close()
	}
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}
