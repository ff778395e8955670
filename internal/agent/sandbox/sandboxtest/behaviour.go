package sandboxtest

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Every runtime's example runs, which is also what a person sees first. So does each compile step.
func (s Subject) examples(t *testing.T) {
	runtimes, err := s.Driver.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, rt := range runtimes {
		if !slices.Contains(rt.Classes, s.Class) || s.Examples != nil && (!slices.Contains(s.Examples, rt.Name) || seen[rt.Name]) {
			continue
		}
		seen[rt.Name] = true
		if rt.Name == "go" {
			continue // without its prepared library this takes half a minute
		}
		t.Run(rt.ID(), func(t *testing.T) {
			l := sandbox.Limits{MemoryBytes: max(rt.MinMemoryBytes, 64<<20)}
			r, o := s.try(t, sandbox.Job{Runtime: rt.ID(), Source: []byte(rt.Example), Limits: l})
			if r.Outcome != sandbox.Completed || !strings.HasPrefix(o.out.String(), "Hello") {
				t.Fatalf("%+v\n%s%s", r, o.out.String(), o.err.String())
			}
			t.Logf("%v wall, %v cpu, %d KiB", r.Usage.Wall.Round(time.Millisecond), r.Usage.CPU.Round(time.Millisecond), r.Usage.PeakMemoryBytes>>10)
		})
	}
	if len(seen) == 0 {
		t.Fatalf("no runtime has class %s", s.Class)
	}
}

func (s Subject) compileFailure(t *testing.T) {
	s.needs(t, "c")
	r, o := s.try(t, sandbox.Job{Runtime: "c", Source: []byte("int main() { return x; }")})
	if r.Outcome != sandbox.Failed || r.Reason != sandbox.ReasonCompile || !strings.Contains(o.err.String(), "main.c:1") {
		t.Errorf("%+v\n%s", r, o.err.String())
	}
}

func (s Subject) usage(t *testing.T) {
	r, _ := s.try(t, python("import os\nx = b'x' * (40 << 20)\nif not os.fork():\n    import time\n"+
		"    while time.process_time() < 0.2: pass\n    os._exit(0)\nos.wait()"))
	if r.Usage.CPU < 200*time.Millisecond || r.Usage.CPU > 20*time.Second { // another kernel's own work counts
		t.Errorf("cpu of the whole tree is %v, want somewhat over 200ms", r.Usage.CPU)
	}
	if r.Usage.PeakMemoryBytes < 40<<20 || r.Usage.PeakMemoryBytes > 100<<20 {
		t.Errorf("peak memory %d, want somewhat over 40 MiB", r.Usage.PeakMemoryBytes)
	}
	if r.Usage.Wall < 150*time.Millisecond || r.Usage.Wall > patience {
		t.Errorf("wall %v", r.Usage.Wall)
	}
	small, _ := s.try(t, python("print(1)"))
	if small.Usage.PeakMemoryBytes > r.Usage.PeakMemoryBytes-20<<20 || small.Usage.CPU <= 0 { // a kernel in a program has some of its own
		t.Errorf("a small run, %+v, inherits the usage of the one before, %+v", small.Usage, r.Usage)
	}
}

func (s Subject) cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	job := python("import time\nprint('on', flush=True)\ntime.sleep(600)")
	job.Class, job.Limits.Wall = s.Class, patience
	r, err := s.Driver.Run(ctx, job, func(sandbox.Stream, []byte) { cancel() })
	if err != nil || r.Outcome != sandbox.Cancelled || r.Reason != sandbox.ReasonNone {
		t.Errorf("%+v, %v", r, err)
	}
}

// Output comes while the run goes on, stdout and stderr in the order they were written.
func (s Subject) live(t *testing.T) {
	stdin, answer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	defer answer.Close()
	var o output
	r, err := s.Driver.Run(t.Context(), sandbox.Job{
		Runtime: "python", Class: s.Class, Stdin: stdin, Limits: sandbox.Limits{Wall: patience},
		Source: []byte("import sys\nfor i in range(3):\n    print('ask', i, file=[sys.stdout, sys.stderr][i % 2])\n    assert input() == str(i)\n"),
	}, func(stream sandbox.Stream, p []byte) {
		o.take(stream, p)
		if n := strings.Count(o.out.String()+o.err.String(), "\n"); strings.HasSuffix(string(p), "\n") {
			_, _ = answer.WriteString(strconv.Itoa(n-1) + "\n")
		}
	})
	if err != nil || r.Outcome != sandbox.Completed {
		t.Errorf("%+v, %v: %s", r, err, o.err.String())
	}
}

// Runs beside each other get each their own answer, and none sees the others' processes.
func (s Subject) together(t *testing.T) {
	var group errgroup.Group
	for i := range 6 {
		group.Go(func() error {
			job := python("import os, sys\nprint(sys.argv[1], len([p for p in os.listdir('/proc') if p.isdigit()]) < 4)")
			job.Class, job.Args, job.Limits.Wall = s.Class, []string{strconv.Itoa(i)}, patience
			var o output
			r, err := s.Driver.Run(t.Context(), job, o.take)
			if err != nil || r.Outcome != sandbox.Completed || o.out.String() != strconv.Itoa(i)+" True\n" {
				t.Errorf("run %d: %+v, %v: %q %s", i, r, err, o.out.String(), o.err.String())
			}
			return nil
		})
	}
	_ = group.Wait()
}

// Nothing of a run is there for the next one: no file, process, or change to what is shared.
func (s Subject) leftovers(t *testing.T) {
	leave := "import os, time\nfor d in ['/box', '/tmp', '/dev/shm']: open(d + '/left', 'w').write('x')\n" +
		"if not os.fork():\n    os.setsid()\n    time.sleep(60)\n"
	look := "import os\nprint([os.path.exists(d + '/left') for d in ['/box', '/tmp', '/dev/shm']], " +
		"len([p for p in os.listdir('/proc') if p.isdigit()]) < 4)\n" +
		"for d in ['/', '/usr', '/etc', '/stoa']:\n    try: open(d + '/left', 'w'); print('wrote', d)\n    except OSError: pass"
	if r, o := s.try(t, python(leave)); r.Outcome != sandbox.Completed {
		t.Fatalf("%+v %s", r, o.err.String())
	}
	if r, o := s.try(t, python(look)); r.Outcome != sandbox.Completed || o.out.String() != "[False, False, False] True\n" {
		t.Errorf("%+v %q %s", r, o.out.String(), o.err.String())
	}
}

func (s Subject) refusals(t *testing.T) {
	file := func(path string) sandbox.Job {
		return sandbox.Job{Runtime: "python", Files: []sandbox.File{{Path: path, Content: []byte("x")}}}
	}
	for name, job := range map[string]sandbox.Job{
		"unknown runtime": {Runtime: "cobol"}, "unknown version": {Runtime: "python@2.7"}, "partial number": {Runtime: "python@3.1"},
		"injected": {Runtime: "python; id"}, "class": {Runtime: "python", Class: "imaginary"},
		"absolute": file("/etc/passwd"), "parent": file("../x"), "inner parent": file("a/../../x"), "dot": file("."), "empty": file(""),
		"double slash": file("a//b"), "nul": file("a\x00b"), "the source": file("main.py"), "below the source": file("main.py/x"),
		"long":           file(strings.Repeat("x", 2000)),
		"twice":          {Runtime: "python", Files: []sandbox.File{{Path: "a"}, {Path: "a"}}},
		"file as folder": {Runtime: "python", Files: []sandbox.File{{Path: "a/b"}, {Path: "a"}}},
		"nul argument":   {Runtime: "python", Args: []string{"a\x00"}}, "huge argument": {Runtime: "python", Args: []string{strings.Repeat("x", 200_000)}},
		"name with =": {Runtime: "python", Env: map[string]string{"A=B": "x"}}, "nul value": {Runtime: "python", Env: map[string]string{"A": "\x00"}},
		"negative": {Runtime: "python", Limits: sandbox.Limits{Wall: -1}}, "no memory": {Runtime: "python", Limits: sandbox.Limits{MemoryBytes: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if job.Class == "" {
				job.Class = s.Class
			}
			_, err := s.Driver.Run(t.Context(), job, nil)
			if _, ok := errors.AsType[*sandbox.JobError](err); !ok {
				t.Errorf("got %v, want a JobError", err)
			}
		})
	}
}

// A driver says what it enforces, and names no wall twice.
func (s Subject) enforcement(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range s.Driver.Enforcement() {
		if e.What == "" || e.How == "" || seen[e.What] {
			t.Errorf("%q", e)
		}
		seen[e.What] = true
	}
	for _, what := range []string{"system calls", "users", "files", "network", "memory", "processes", "cpu time"} {
		if !slices.ContainsFunc(s.Driver.Enforcement(), func(e sandbox.Enforced) bool { return strings.HasSuffix(e.What, what) }) {
			t.Errorf("nothing is said about %s", what)
		}
	}
}
