package sandbox

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// classes runs a subtest for every class that the runtime has.
func classes(t *testing.T, d *Driver, name string, f func(t *testing.T, c Class)) {
	t.Helper()
	rt, err := d.runtime(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rt.Classes {
		if c == ClassProcess {
			warmed(t, d, name)
		}
		t.Run(string(c), func(t *testing.T) { f(t, c) })
	}
}

func TestOutcomes(t *testing.T) {
	d := driver(t)
	tests := []struct {
		name   string
		job    Job
		want   Result
		stdout string
		stderr string // contained
	}{
		{name: "success", job: python("print('a'); print('b')"), want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "a\nb\n"},
		{name: "nothing at all", job: python(""), want: Result{Outcome: Completed, ExitCode: new(0)}},
		{name: "exit code", job: python("raise SystemExit(3)"), want: Result{Outcome: Failed, ExitCode: new(3)}},
		{name: "exit with words", job: python("import sys; sys.exit('no')"), want: Result{Outcome: Failed, ExitCode: new(1)}, stderr: "no\n"},
		{name: "exit without words", job: python("import sys; sys.exit()"), want: Result{Outcome: Completed, ExitCode: new(0)}},
		{name: "immediate exit", job: python("import os; print('on'); os._exit(7)"), want: Result{Outcome: Failed, ExitCode: new(7)}, stdout: "on\n"},
		{
			name: "exception", job: python("def f():\n    return 1 / 0\nf()\n"), want: Result{Outcome: Failed, ExitCode: new(1)},
			stderr: "line 2, in f\n    return 1 / 0\n",
		},
		{name: "syntax error", job: python("print("), want: Result{Outcome: Failed, ExitCode: new(1)}, stderr: "SyntaxError"},
		{name: "segmentation fault", job: python("import ctypes; ctypes.string_at(0)"), want: Result{Outcome: Failed, Signal: "SIGSEGV"}},
		{name: "abort", job: python("import os; os.abort()"), want: Result{Outcome: Failed, Signal: "SIGABRT"}},
		{name: "terminated", job: python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)"), want: Result{Outcome: Failed, Signal: "SIGTERM"}},
		{name: "killed by itself", job: python("import os; os.kill(os.getpid(), 9)"), want: Result{Outcome: Failed, Signal: "SIGKILL"}},
		{name: "alarm", job: python("import signal; signal.alarm(1)\nwhile True: signal.pause()"), want: Result{Outcome: Failed, Signal: "SIGALRM"}},
		{
			name: "wall", job: Job{Runtime: "python", Source: []byte("import time; print('on', flush=True); time.sleep(60)"), Limits: Limits{Wall: 300 * time.Millisecond}},
			want: Result{Outcome: TimedOut, Signal: "SIGKILL", Reason: ReasonWall}, stdout: "on\n",
		},
		{
			name: "cpu", job: Job{Runtime: "python", Source: []byte("while True: pass"), Limits: Limits{CPU: 200 * time.Millisecond}},
			want: Result{Outcome: TimedOut, Signal: "SIGKILL", Reason: ReasonCPU},
		},
		{
			name: "memory", job: python("x = []\nwhile True: x.append(b'x' * 1000000)"),
			want: Result{Outcome: Failed, Signal: "SIGKILL", Reason: ReasonMemory},
		},
		{
			name: "disk", job: python("f = open('f', 'wb')\nwhile True: f.write(b'x' * 65536)"),
			want: Result{Outcome: Failed, ExitCode: new(1), Reason: ReasonDisk}, stderr: "OSError",
		},
		{
			name: "inodes", job: python("import os\nfor i in range(30000): os.mkdir(str(i))"),
			want: Result{Outcome: Failed, ExitCode: new(1), Reason: ReasonDisk}, stderr: "No space left",
		},
		{
			name: "processes", job: Job{Runtime: "python", Source: []byte("import os\nwhile True:\n    if not os.fork():\n        import signal; signal.pause()"), Limits: Limits{Processes: 8}},
			want: Result{Outcome: Failed, ExitCode: new(1), Reason: ReasonProcesses}, stderr: "BlockingIOError",
		},
		{
			name: "output without end", job: Job{Runtime: "bash", Source: []byte("yes"), Limits: Limits{OutputBytes: 100_000}},
			want: Result{Outcome: Failed, Signal: "SIGKILL", Reason: ReasonOutput, Truncated: true}, stdout: strings.Repeat("y\n", 50_000),
		},
		{
			name: "too much output", job: Job{Runtime: "python", Source: []byte("print('x' * 1000)\nprint('end')"), Limits: Limits{OutputBytes: 100}},
			want: Result{Outcome: Completed, ExitCode: new(0), Truncated: true}, stdout: strings.Repeat("x", 100),
		},
		{
			name: "arguments and environment", job: Job{
				Runtime: "python", Args: []string{"a b", "", "ü"}, Env: map[string]string{"K": "v w"},
				Source: []byte("import sys, os; print(sys.argv, os.environ['K'], os.getcwd())"),
			},
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "['main.py', 'a b', '', 'ü'] v w /box\n",
		},
		{
			name: "stdin", job: Job{Runtime: "python", Stdin: strings.NewReader("one\ntwo\n"), Source: []byte("import sys; print(input(), sys.stdin.read())")},
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "one two\n\n",
		},
		{
			name: "no stdin", job: python("import sys; print(repr(sys.stdin.read()))"),
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "''\n",
		},
		{
			name: "files", job: Job{
				Runtime: "python", Source: []byte("import helper; print(helper.x, open('data/in.txt').read())"),
				Files: []File{{Path: "helper.py", Content: []byte("x = 5")}, {Path: "data/in.txt", Content: []byte("data")}},
			},
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "5 data\n",
		},
		{
			name: "source as the user sees it", job: python("print(__name__, __file__); print(open(__file__).read()[:5])"),
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "__main__ /box/main.py\nprint\n",
		},
		{
			name: "standard streams by name", job: bash("echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin"),
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "out\n", stderr: "err\n",
		},
		{
			name: "children, threads and atexit", job: python("import subprocess, threading, atexit\natexit.register(print, 'bye')\n" +
				"threading.Thread(target=lambda: print(subprocess.run(['echo', 'hi'], capture_output=True).stdout)).start()"),
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "b'hi\\n'\nbye\n",
		},
		{
			name: "finalizers", job: python("class A:\n    def __del__(self): print('gone')\na = A()\nimport os, io\nf = os.fdopen(1, 'w', closefd=False); f.write('unflushed')"),
			want: Result{Outcome: Completed, ExitCode: new(0)}, stdout: "unflushedgone\n",
		},
	}
	for _, test := range tests {
		classes(t, d, test.job.Runtime, func(t *testing.T, c Class) {
			t.Run(test.name, func(t *testing.T) {
				test.job.Class = c
				if stdin, ok := test.job.Stdin.(*strings.Reader); ok {
					_, _ = stdin.Seek(0, 0)
				}
				r, o := try(t, d, test.job)
				got, want := r, test.want
				got.Usage, got.StdoutBytes, got.StderrBytes, got.Class = Usage{}, 0, 0, ""
				if test.name == "cpu" { // the second line, the process's own limit, may be first
					got.Signal = want.Signal
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s\nstderr: %s", diff, o.err.String())
				}
				if test.name == "finalizers" { // their order is not promised
					if s := o.out.String(); !strings.Contains(s, "unflushed") || !strings.Contains(s, "gone\n") {
						t.Errorf("stdout %q", s)
					}
				} else if o.out.String() != test.stdout {
					t.Errorf("stdout %.200q, want %.200q", o.out.String(), test.stdout)
				}
				if !strings.Contains(o.err.String(), test.stderr) || test.stderr == "" && o.err.Len() > 0 && want.Outcome == Completed {
					t.Errorf("stderr %q, want %q in it", o.err.String(), test.stderr)
				}
			})
		})
	}
}

// Every runtime's example runs, which is also what a person sees first. So does each compile step.
func TestExamples(t *testing.T) {
	d := driver(t)
	runtimes, err := d.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(runtimes) == 0 {
		t.Fatal("no runtimes")
	}
	for _, rt := range runtimes {
		if rt.Name == "go" {
			continue // TestGoCache, with its prepared library: without, this takes half a minute
		}
		t.Run(rt.ID(), func(t *testing.T) {
			l := Limits{MemoryBytes: max(rt.MinMemoryBytes, 64<<20)}
			r, o := try(t, d, Job{Runtime: rt.ID(), Source: []byte(rt.Example), Limits: l})
			if r.Outcome != Completed || !strings.HasPrefix(o.out.String(), "Hello") {
				t.Fatalf("%+v\n%s%s", r, o.out.String(), o.err.String())
			}
			t.Logf("%v wall, %v cpu, %d KiB", r.Usage.Wall.Round(time.Millisecond), r.Usage.CPU.Round(time.Millisecond), r.Usage.PeakMemoryBytes>>10)
		})
	}
}

func TestCompileFailure(t *testing.T) {
	d := driver(t)
	r, o := try(t, d, Job{Runtime: "c", Source: []byte("int main() { return x; }")})
	if r.Outcome != Failed || r.Reason != ReasonCompile || !strings.Contains(o.err.String(), "main.c:1") {
		t.Errorf("%+v\n%s", r, o.err.String())
	}
}

func TestUsage(t *testing.T) {
	d := driver(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		job := python("import os\nx = b'x' * (40 << 20)\nif not os.fork():\n    import time\n    while time.process_time() < 0.2: pass\n    os._exit(0)\nos.wait()")
		job.Class = c
		r, _ := try(t, d, job)
		if r.Usage.CPU < 200*time.Millisecond || r.Usage.CPU > 600*time.Millisecond {
			t.Errorf("cpu of the whole tree is %v, want somewhat over 200ms", r.Usage.CPU)
		}
		if r.Usage.PeakMemoryBytes < 40<<20 || r.Usage.PeakMemoryBytes > 100<<20 {
			t.Errorf("peak memory %d, want somewhat over 40 MiB", r.Usage.PeakMemoryBytes)
		}
		if r.Usage.Wall < 150*time.Millisecond || r.Usage.Wall > 10*time.Second {
			t.Errorf("wall %v", r.Usage.Wall)
		}
		r, _ = try(t, d, Job{Runtime: "python", Class: c, Source: []byte("print(1)")})
		if r.Usage.PeakMemoryBytes > 39<<20 || r.Usage.CPU <= 0 {
			t.Errorf("a small run inherits the usage of the one before: %+v", r.Usage)
		}
	})
}

func TestCancel(t *testing.T) {
	d := driver(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := d.Run(ctx, Job{Runtime: "python", Class: c, Source: []byte("import time\nprint('on', flush=True)\ntime.sleep(60)")},
			func(Stream, []byte) { cancel() })
		if err != nil || r.Outcome != Cancelled || r.Reason != ReasonNone {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Output comes while the run goes on, stdout and stderr in the order they were written.
func TestLive(t *testing.T) {
	d := driver(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		stdin, answer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Close()
		var o output
		r, err := d.Run(t.Context(), Job{
			Runtime: "python", Class: c, Stdin: stdin,
			Source: []byte("import sys\nfor i in range(3):\n    print('ask', i, file=[sys.stdout, sys.stderr][i % 2])\n    assert input() == str(i)\n"),
		}, func(s Stream, p []byte) {
			o.take(s, p)
			if n := strings.Count(o.out.String()+o.err.String(), "\n"); strings.HasSuffix(string(p), "\n") {
				_, _ = answer.WriteString(strconv.Itoa(n-1) + "\n")
			}
		})
		if err != nil || r.Outcome != Completed {
			t.Errorf("%+v, %v: %s", r, err, o.err.String())
		}
	})
}

func TestRefusedJobs(t *testing.T) {
	d := driver(t)
	file := func(path string) Job {
		return Job{Runtime: "python", Files: []File{{Path: path, Content: []byte("x")}}}
	}
	for name, job := range map[string]Job{
		"unknown runtime": {Runtime: "cobol"}, "unknown version": {Runtime: "python@2.7"}, "partial number": {Runtime: "python@3.1"},
		"injected": {Runtime: "python; id"}, "network": {Runtime: "python", Network: true}, "class": {Runtime: "python", Class: "gvisor"},
		"absolute": file("/etc/passwd"), "parent": file("../x"), "inner parent": file("a/../../x"), "dot": file("."), "empty": file(""),
		"double slash": file("a//b"), "nul": file("a\x00b"), "the source": file("main.py"), "below the source": file("main.py/x"),
		"long":  file(strings.Repeat("x", 2000)),
		"twice": {Runtime: "python", Files: []File{{Path: "a"}, {Path: "a"}}}, "file as folder": {Runtime: "python", Files: []File{{Path: "a/b"}, {Path: "a"}}},
		"nul argument": {Runtime: "python", Args: []string{"a\x00"}}, "huge argument": {Runtime: "python", Args: []string{strings.Repeat("x", 200_000)}},
		"name with =": {Runtime: "python", Env: map[string]string{"A=B": "x"}}, "nul value": {Runtime: "python", Env: map[string]string{"A": "\x00"}},
		"negative": {Runtime: "python", Limits: Limits{Wall: -1}}, "no memory": {Runtime: "python", Limits: Limits{MemoryBytes: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Run(t.Context(), job, nil)
			if _, ok := errors.AsType[*JobError](err); !ok {
				t.Errorf("got %v, want a JobError", err)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Dir: d.config.Dir, Log: quiet()}); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a second driver on the same folder: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context(), python("print(1)"), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}
