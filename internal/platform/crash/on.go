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

// target is the label and how many times it is passed unharmed: "execution.committed:3".
var target, spared = parse(os.Getenv("STOA_CRASH_AT"))

var left atomic.Int64

func parse(text string) (string, int64) {
	label, count, _ := strings.Cut(text, ":")
	n, _ := strconv.ParseInt(count, 10, 64)
	return label, n
}

// Point labels a moment: "execution.committed".
func Point(label string) {
	if label == target && left.Add(1) > spared {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}
