package sandboxtest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// outcome is a job and how it must end.
type outcome struct {
	name   string
	job    sandbox.Job
	want   sandbox.Result
	stdout string
	stderr string // contained
}

func (s Subject) outcomes(t *testing.T) {
	for _, test := range outcomes() {
		t.Run(test.name, func(t *testing.T) {
			s.needs(t, test.job.Runtime)
			r, o := s.inTime(t, test.job, func(_ sandbox.Result, o *output) bool { return test.name != "wall" || o.out.Len() > 0 })
			got, want := r, test.want
			got.Usage, got.StdoutBytes, got.StderrBytes, got.Class = sandbox.Usage{}, 0, 0, ""
			if test.name == "cpu" { // the second line, the process's own limit, may be first
				got.Signal = want.Signal
			}
			if test.name == "memory" && got.Reason == sandbox.ReasonCPU && r.Usage.PeakMemoryBytes > 120<<20 {
				got.Outcome, got.Reason = want.Outcome, want.Reason // a kernel that looks for pages to free may take all the CPU time before it gives up
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
			if !strings.Contains(o.err.String(), test.stderr) || test.stderr == "" && o.err.Len() > 0 && want.Outcome == sandbox.Completed {
				t.Errorf("stderr %q, want %q in it", o.err.String(), test.stderr)
			}
		})
	}
}

func outcomes() []outcome {
	return []outcome{
		{name: "success", job: python("print('a'); print('b')"), want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "a\nb\n"},
		{name: "nothing at all", job: python(""), want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}},
		{name: "exit code", job: python("raise SystemExit(3)"), want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(3)}},
		{name: "exit with words", job: python("import sys; sys.exit('no')"), want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1)}, stderr: "no\n"},
		{name: "exit without words", job: python("import sys; sys.exit()"), want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}},
		{name: "immediate exit", job: python("import os; print('on'); os._exit(7)"), want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(7)}, stdout: "on\n"},
		{
			name: "exception", job: python("def f():\n    return 1 / 0\nf()\n"), want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1)},
			stderr: "line 2, in f\n    return 1 / 0\n",
		},
		{name: "syntax error", job: python("print("), want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1)}, stderr: "SyntaxError"},
		{name: "segmentation fault", job: python("import ctypes; ctypes.string_at(0)"), want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGSEGV"}},
		{name: "abort", job: python("import os; os.abort()"), want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGABRT"}},
		{name: "terminated", job: python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)"), want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGTERM"}},
		{name: "killed by itself", job: python("import os; os.kill(os.getpid(), 9)"), want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGKILL"}},
		{name: "alarm", job: python("import signal; signal.alarm(1)\nwhile True: signal.pause()"), want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGALRM"}},
		{
			name: "wall", job: sandbox.Job{Runtime: "python", Source: []byte("import time; print('on', flush=True); time.sleep(600)"), Limits: sandbox.Limits{Wall: 2 * time.Second}},
			want: sandbox.Result{Outcome: sandbox.TimedOut, Signal: "SIGKILL", Reason: sandbox.ReasonWall}, stdout: "on\n",
		},
		{
			name: "cpu", job: sandbox.Job{Runtime: "python", Source: []byte("while True: pass"), Limits: sandbox.Limits{CPU: 200 * time.Millisecond}},
			want: sandbox.Result{Outcome: sandbox.TimedOut, Signal: "SIGKILL", Reason: sandbox.ReasonCPU},
		},
		{
			name: "memory", job: sandbox.Job{
				Runtime: "python", Source: []byte("x = []\nwhile True: x.append(b'x' * 1000000)"),
				Limits: sandbox.Limits{MemoryBytes: 128 << 20, CPU: 30 * time.Second},
			},
			want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGKILL", Reason: sandbox.ReasonMemory},
		},
		{
			name: "disk", job: python("f = open('f', 'wb')\nwhile True: f.write(b'x' * 65536)"),
			want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1), Reason: sandbox.ReasonDisk}, stderr: "OSError",
		},
		{
			name: "inodes", job: python("import os\nfor i in range(30000): os.mkdir(str(i))"),
			want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1), Reason: sandbox.ReasonDisk}, stderr: "No space left",
		},
		{
			name: "processes", job: sandbox.Job{Runtime: "python", Source: []byte("import os\nwhile True:\n    if not os.fork():\n        import signal; signal.pause()"), Limits: sandbox.Limits{Processes: 8, MemoryBytes: 512 << 20}},
			want: sandbox.Result{Outcome: sandbox.Failed, ExitCode: new(1), Reason: sandbox.ReasonProcesses}, stderr: "BlockingIOError",
		},
		{
			name: "output without end", job: sandbox.Job{Runtime: "bash", Source: []byte("yes"), Limits: sandbox.Limits{OutputBytes: 100_000}},
			want: sandbox.Result{Outcome: sandbox.Failed, Signal: "SIGKILL", Reason: sandbox.ReasonOutput, Truncated: true}, stdout: strings.Repeat("y\n", 50_000),
		},
		{
			name: "too much output", job: sandbox.Job{Runtime: "python", Source: []byte("print('x' * 1000)\nprint('end')"), Limits: sandbox.Limits{OutputBytes: 100}},
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0), Truncated: true}, stdout: strings.Repeat("x", 100),
		},
		{
			name: "arguments and environment", job: sandbox.Job{
				Runtime: "python", Args: []string{"a b", "", "ü"}, Env: map[string]string{"K": "v w"},
				Source: []byte("import sys, os; print(sys.argv, os.environ['K'], os.getcwd())"),
			},
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "['main.py', 'a b', '', 'ü'] v w /box\n",
		},
		{
			name: "stdin", job: sandbox.Job{Runtime: "python", Stdin: strings.NewReader("one\ntwo\n"), Source: []byte("import sys; print(input(), sys.stdin.read())")},
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "one two\n\n",
		},
		{
			name: "no stdin", job: python("import sys; print(repr(sys.stdin.read()))"),
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "''\n",
		},
		{
			name: "files", job: sandbox.Job{
				Runtime: "python", Source: []byte("import helper; print(helper.x, open('data/in.txt').read())"),
				Files: []sandbox.File{{Path: "helper.py", Content: []byte("x = 5")}, {Path: "data/in.txt", Content: []byte("data")}},
			},
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "5 data\n",
		},
		{
			name: "source as the user sees it", job: python("print(__name__, __file__); print(open(__file__).read()[:5])"),
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "__main__ /box/main.py\nprint\n",
		},
		{
			name: "standard streams by name", job: bash("echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin"),
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "out\n", stderr: "err\n",
		},
		{
			name: "children, threads and atexit", job: python("import subprocess, threading, atexit\natexit.register(print, 'bye')\n" +
				"threading.Thread(target=lambda: print(subprocess.run(['echo', 'hi'], capture_output=True).stdout)).start()"),
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "b'hi\\n'\nbye\n",
		},
		{
			name: "finalizers", job: python("class A:\n    def __del__(self): print('gone')\na = A()\nimport os, io\nf = os.fdopen(1, 'w', closefd=False); f.write('unflushed')"),
			want: sandbox.Result{Outcome: sandbox.Completed, ExitCode: new(0)}, stdout: "unflushedgone\n",
		},
	}
}
