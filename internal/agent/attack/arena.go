package attack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Driver is what is attacked.
type Driver interface {
	Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
	Runtimes(ctx context.Context) ([]sandbox.Runtime, error)
	// Settle returns the host's processes that are left of runs that have ended, once all that were to end have.
	Settle() []int
	Close() error
}

// Arena is where attacks meet a class.
type Arena struct {
	Class sandbox.Class
	// Driver takes the attacks. Alone has one slot: what one of its jobs leaves there, the next would find.
	Driver, Alone Driver
	Host          *Host

	one    sync.Mutex // at Alone
	mu     sync.Mutex
	busy   bool         // an honest run is under way
	beside []chan error // attacks that wait for the next
}

// Try runs an attack in one of its languages, an honest run beside it, and looks at the host afterwards. The error says
// all that went wrong; nil means that the sandbox held.
func (a *Arena) Try(ctx context.Context, at Attack, p Program, rt sandbox.Runtime) error {
	driver := a.Driver
	if at.Before != nil {
		a.one.Lock()
		defer a.one.Unlock()
		driver = a.Alone
		if err := a.prepareGround(ctx, at); err != nil {
			return err
		}
	}
	leave, err := a.neighbour(ctx, at)
	if err != nil {
		return err
	}
	honest := a.honestly(ctx)

	job := a.job(at, p)
	job.Limits.MemoryBytes = max(at.Limits.MemoryBytes, rt.MinMemoryBytes)
	if at.Limits.MemoryBytes == 0 {
		job.Limits.MemoryBytes = max(128<<20, 2*rt.MinMemoryBytes)
	}
	job.Env = at.Env
	for _, f := range at.Files {
		f.Content = []byte(a.Host.fill(string(f.Content)))
		job.Files = append(job.Files, f)
	}
	if job.Network, err = a.Host.network(at.Egress); err != nil {
		return err
	}
	var words output
	r, err := driver.Run(ctx, job, words.take)
	return errors.Join(a.judge(at, job.Limits, r, err, words.text()), leave(), <-honest, a.Host.Unharmed())
}

func (a *Arena) job(at Attack, p Program) sandbox.Job {
	return sandbox.Job{
		ID: at.Name, Runtime: p.Runtime, Class: a.Class, Source: []byte(a.Host.fill(p.Source)), Files: library(p), Limits: at.Limits,
		CacheScope: "attacks", // what compilers make is kept
	}
}

// judge compares how an attack ended with how it should have. Where several limits stand in an attack's way, the machine
// decides which it meets first: another than those expected will do if the run's use shows that it was met.
func (a *Arena) judge(at Attack, limits sandbox.Limits, r sandbox.Result, err error, text string) error {
	ends := at.Ends
	if other := at.In[a.Class]; other != nil {
		ends = other
	}
	var wrong []error
	end := ending(r, err)
	if !slices.Contains(ends, end) && !(slices.ContainsFunc(ends, isLimit) && met(r, limits)) {
		wrong = append(wrong, fmt.Errorf("it ended as %q (%s, signal %q), not one of %q", end, r.Outcome, r.Signal, ends))
	}
	if end == "completed" && !strings.Contains(text, "held\n") {
		wrong = append(wrong, errors.New("it did not come to its end"))
	}
	if strings.Contains(text, "ESCAPED") || strings.Contains(text, a.Host.Secret) {
		wrong = append(wrong, errors.New("it got what it must not get"))
	}
	// The kernel that answers a program of class gvisor is the run's own: to reach it is nothing.
	if strings.Contains(text, "REACHED") && a.Class != sandbox.ClassGVisor {
		wrong = append(wrong, errors.New("it reached what the kernel should have refused"))
	}
	if wrong == nil {
		return nil
	}
	if len(text) > 2000 {
		text = text[:1000] + "\n…\n" + text[len(text)-1000:]
	}
	return fmt.Errorf("%w\n%s", errors.Join(wrong...), text)
}

// ending is how a run ended, in one word: the limit that it met, or its outcome. Words that do not fit together are a
// fault, as our own errors are.
func ending(r sandbox.Result, err error) string {
	if _, ok := errors.AsType[*sandbox.JobError](err); ok {
		return "refused"
	}
	timed := r.Reason == sandbox.ReasonWall || r.Reason == sandbox.ReasonCPU
	switch {
	case err != nil:
		return err.Error()
	case r.Reason != "" && (r.Outcome == sandbox.TimedOut) == timed && (timed || r.Outcome == sandbox.Failed):
		return string(r.Reason)
	case r.Reason == "" && r.Outcome == sandbox.Completed && r.ExitCode != nil && *r.ExitCode == 0,
		r.Reason == "" && r.Outcome == sandbox.Failed && (r.ExitCode == nil) == (r.Signal != ""):
		return string(r.Outcome)
	}
	return fmt.Sprintf("%s for %q", r.Outcome, r.Reason)
}

func isLimit(end string) bool {
	return slices.Contains([]sandbox.Reason{sandbox.ReasonWall, sandbox.ReasonCPU, sandbox.ReasonMemory, sandbox.ReasonProcesses}, sandbox.Reason(end))
}

// met tells if a run used as much as the limit allows that is said to have ended it.
func met(r sandbox.Result, of sandbox.Limits) bool {
	defaults := sandbox.DefaultLimits()
	switch r.Reason {
	case sandbox.ReasonWall:
		return r.Usage.Wall >= cmp.Or(of.Wall, defaults.Wall)
	case sandbox.ReasonCPU:
		return r.Usage.CPU >= cmp.Or(of.CPU, defaults.CPU)*9/10 // counted in ticks
	case sandbox.ReasonMemory:
		return r.Usage.PeakMemoryBytes >= cmp.Or(of.MemoryBytes, defaults.MemoryBytes)*9/10 // a page too large is not granted
	}
	return false
}

// prepareGround runs what comes before an attack.
func (a *Arena) prepareGround(ctx context.Context, at Attack) error {
	var words output
	job := a.job(at, *at.Before)
	job.Limits = sandbox.Limits{}
	job.Args, job.Stdin = []string{a.Host.Neighbour}, strings.NewReader(a.Host.Neighbour)
	r, err := a.Alone.Run(ctx, job, words.take)
	if err != nil || r.Outcome != sandbox.Completed || words.text() != "ready\n" {
		return fmt.Errorf("what comes before: %s %s, %w: %s", r.Outcome, r.Reason, err, words.text())
	}
	return nil
}

// neighbour starts what an attack has beside it, and returns when that is ready. Leave ends it, and tells if it was
// disturbed.
func (a *Arena) neighbour(ctx context.Context, at Attack) (leave func() error, err error) {
	if at.Beside == nil {
		return func() error { return nil }, nil
	}
	stdin, enough := io.Pipe()
	ready, ended := make(chan struct{}), make(chan error, 1)
	job := a.job(at, *at.Beside)
	job.Limits = sandbox.Limits{}
	job.Args, job.Stdin, job.Env = []string{a.Host.Neighbour}, stdin, map[string]string{"NEIGHBOUR": a.Host.Neighbour}
	job.Files = append(job.Files, sandbox.File{Path: "neighbour.txt", Content: []byte(a.Host.Neighbour)})
	go func() {
		var words output
		var once sync.Once
		r, err := a.Driver.Run(ctx, job, func(s sandbox.Stream, b []byte) {
			words.take(s, b)
			if strings.HasPrefix(words.text(), "ready\n") {
				once.Do(func() { close(ready) })
			}
		})
		if err != nil || r.Outcome != sandbox.Completed || words.text() != "ready\nunharmed\n" {
			err = fmt.Errorf("the neighbour ended as %s %s %s, %w: %s", r.Outcome, r.Reason, r.Signal, err, words.text())
		}
		ended <- err
	}()
	select {
	case <-ready:
	case err := <-ended:
		return nil, err
	}
	return func() error { return errors.Join(enough.Close(), <-ended) }, nil
}

// honestly has an honest run done from now on, one for all attacks that ask meanwhile.
func (a *Arena) honestly(ctx context.Context) <-chan error {
	told := make(chan error, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.beside = append(a.beside, told)
	if a.busy {
		return told
	}
	a.busy = true
	go func() {
		for ctx := context.WithoutCancel(ctx); ; {
			a.mu.Lock()
			waiting := a.beside
			a.beside, a.busy = nil, len(waiting) > 0
			a.mu.Unlock()
			if waiting == nil {
				return
			}
			err := a.Honest(ctx)
			for _, told := range waiting {
				told <- err
			}
		}
	}()
	return told
}

// Honest is a small run that wants its right answer.
func (a *Arena) Honest(ctx context.Context) error {
	var words output
	r, err := a.Driver.Run(ctx, sandbox.Job{
		ID: "honest", Runtime: "bash", Class: a.Class, Source: []byte("read x; echo $((x * 3 + 1)) > answer; cat answer"), Stdin: strings.NewReader("1234\n"),
	}, words.take)
	if err != nil || r.Outcome != sandbox.Completed || words.text() != "3703\n" {
		return fmt.Errorf("an honest run beside it ended as %s %s, %w: %s", r.Outcome, r.Reason, err, words.text())
	}
	return nil
}

// output keeps what a run prints.
type output struct {
	mu   sync.Mutex
	kept strings.Builder
}

func (o *output) take(_ sandbox.Stream, b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept.Write(b)
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.kept.String()
}
