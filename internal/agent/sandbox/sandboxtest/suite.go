// Package sandboxtest is what every isolation class must do alike: whoever writes a
// driver runs Conform on it. The attacks that a class must withstand are beside each
// driver; these tests are about the same words meaning the same.
package sandboxtest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Driver is what is tested.
type Driver interface {
	Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
	Runtimes(ctx context.Context) ([]sandbox.Runtime, error)
	Enforcement() []sandbox.Enforced
	Close() error
}

// Subject is a driver and the class to test it in.
type Subject struct {
	Driver Driver
	Class  sandbox.Class
	// Runtime has the class: "python", "bash", "c".
	Has func(runtime string) bool
	// Examples are the runtimes whose example is run; nil is all.
	Examples []string
}

// Conform runs everything.
func Conform(t *testing.T, s Subject) {
	t.Helper()
	t.Run("outcomes", s.outcomes)
	t.Run("examples", s.examples)
	t.Run("compile failure", s.compileFailure)
	t.Run("usage", s.usage)
	t.Run("cancel", s.cancel)
	t.Run("live", s.live)
	t.Run("together", s.together)
	t.Run("leftovers", s.leftovers)
	t.Run("artefacts", s.artefacts)
	t.Run("large files", s.largeFiles)
	t.Run("refusals", s.refusals)
	t.Run("enforcement", s.enforcement)
}

// Output is what a run printed.
type output struct {
	mu       sync.Mutex
	out, err strings.Builder
}

func (o *output) take(s sandbox.Stream, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s == sandbox.Stdout {
		o.out.Write(p)
	} else {
		o.err.Write(p)
	}
}

// try runs a job in the class, and fails the test on a fault of the driver's.
func (s Subject) try(t testing.TB, job sandbox.Job) (sandbox.Result, *output) {
	t.Helper()
	o := &output{}
	job.ID, job.Class = t.Name(), s.Class
	if job.Limits.Wall == 0 {
		job.Limits.Wall = patience
	}
	if job.Limits.CPU == 0 {
		job.Limits.CPU = patience // a kernel in a program spends it on waiting too, where others want the cores
	}
	r, err := s.Driver.Run(t.Context(), job, o.take)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	if s.Class != sandbox.ClassProcess && r.Class != s.Class { // a stronger one is as good
		t.Errorf("asked for class %s, ran as %s", s.Class, r.Class)
	}
	return r, o
}

// patience is the wall and CPU time of what is to come to its own end: the machine has more to do than this.
const patience = 5 * time.Minute

// inTime tries a job that its wall limit is to end, with a longer one while it had done nothing yet by then.
func (s Subject) inTime(t testing.TB, job sandbox.Job, begun func(sandbox.Result, *output) bool) (sandbox.Result, *output) {
	t.Helper()
	for ; ; job.Limits.Wall *= 2 {
		if r, o := s.try(t, job); begun(r, o) || job.Limits.Wall >= time.Minute {
			return r, o
		}
	}
}

func python(source string) sandbox.Job {
	return sandbox.Job{Runtime: "python", Source: []byte(source)}
}

func bash(source string) sandbox.Job { return sandbox.Job{Runtime: "bash", Source: []byte(source)} }

func (s Subject) needs(t *testing.T, runtime string) {
	t.Helper()
	if !s.Has(runtime) {
		t.Skipf("class %s has no %s on this host", s.Class, runtime)
	}
}
