package sandbox

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// warmed waits until the runtime has a zygote.
func warmed(t testing.TB, d *Driver, runtime string) {
	t.Helper()
	for range 2 {
		r, err := d.Run(t.Context(), Job{Runtime: runtime, Class: ClassProcess}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Class == ClassProcess {
			return
		}
		d.current.warmer.settle()
	}
	if r, _ := try(t, d, Job{Runtime: runtime, Class: ClassProcess}); r.Class != ClassProcess {
		t.Fatalf("no zygote for %s: class %s", runtime, r.Class)
	}
}

// Every Python of this host that has a warmed form warms, and behaves like its fresh form.
func TestZygoteVersions(t *testing.T) {
	d := alone(t)
	runtimes, err := d.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range runtimes {
		if rt.Name != "python" || rt.Classes[0] != ClassProcess {
			continue
		}
		t.Run(rt.ID(), func(t *testing.T) {
			zygoteOf(t, d, rt.ID(), "")
			zygoteOf(t, d, rt.ID(), "import asyncio")
			job := Job{Runtime: rt.ID(), Source: []byte(`
import sys, os, threading, signal
print(sys.argv, sys.path, __name__, __file__, __doc__, __package__, __spec__, __annotations__, sorted(globals()))
print(sys.flags, sys.executable, getattr(sys, 'orig_argv', 0), sys.version, sys.stdin.fileno(), sys.stdout.encoding)
print(os.getpid(), os.getppid(), os.getcwd(), sorted(os.environ.items()), threading.active_count(), threading.main_thread() is threading.current_thread())
print([signal.getsignal(s) for s in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM, signal.SIGCHLD)], os.umask(0), os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid())
def f(): raise KeyError('x')
try: f()
except KeyError:
    raise ValueError('y')
`), Args: []string{"a"}, Env: map[string]string{"A": "B"}}
			var outputs [2]*output
			for i, c := range []Class{ClassProcess, ClassFresh} {
				job.Class = c
				r, o := try(t, d, job)
				if r.Class != c || r.Outcome != Failed || *r.ExitCode != 1 || r.Signal != "" {
					t.Errorf("%+v", r)
				}
				outputs[i] = o
			}
			if a, b := outputs[0].out.String(), outputs[1].out.String(); a != b {
				t.Errorf("stdout differs:\nwarmed %s\nfresh  %s", a, b)
			}
			if a, b := outputs[0].err.String(), outputs[1].err.String(); a != b {
				t.Errorf("stderr differs:\nwarmed %s\nfresh  %s", a, b)
			}
		})
	}
}

// A child that the program forks and that runs to the program's end does not end the run.
func TestZygoteChild(t *testing.T) {
	d := driver(t)
	warmed(t, d, "python")
	r, o := try(t, d, python("import os, sys\nif os.fork() == 0:\n    print('child')\n    sys.exit(5)\npid, status = os.wait()\nprint('parent', os.WEXITSTATUS(status))"))
	if r.Outcome != Completed || o.out.String() != "child\nparent 5\n" {
		t.Errorf("%+v %q %q", r, o.out.String(), o.err.String())
	}
}

// The fork hooks that the zygote goes without are there when the program forks, and the program's own among them.
func TestZygoteForkHooks(t *testing.T) {
	d := driver(t)
	warmed(t, d, "python")
	job := python(`
import logging, os, random, threading
os.register_at_fork(before=lambda: print('before'), after_in_child=lambda: print('child', threading.active_count()), after_in_parent=lambda: parents.append(1))
stop = threading.Event(); parents = []
def fork():
    pid = os.fork()
    if pid == 0:
        logging.warning('in the child')
        me = threading.current_thread()
        print(me.name, me is threading.main_thread(), threading.active_count(), random.random() == after, flush=True)
        os._exit(0)
    os.wait()
    print('threads', threading.active_count(), parents, flush=True)
threading.Thread(target=stop.wait).start()
for i in range(2):
    state = random.getstate(); after = random.random(); random.setstate(state)
    t = threading.Thread(target=fork, name='T'); t.start(); t.join()
stop.set()
logging.getLogger('x').error('bye')
`)
	var want string
	for _, job.Class = range []Class{ClassFresh, ClassProcess} {
		r, o := try(t, d, job)
		got := o.out.String()
		if r.Class != job.Class || r.Outcome != Completed || !strings.Contains(got, "T True 1 False") || strings.Count(o.err.String(), "root:in the child") != 2 {
			t.Errorf("%+v %s %s", r, got, o.err.String())
		}
		if want == "" {
			want = got
		} else if got != want {
			t.Errorf("warmed %s\nfresh  %s", got, want)
		}
	}
}

// The frame that ends a run is the guest's word about itself: a forged one ends nothing but the forger, a broken one is
// ignored.
func TestForgedStatus(t *testing.T) {
	d := driver(t)
	warmed(t, d, "python")
	for source, want := range map[string]Outcome{
		"import os\nos.write(1023, b'\\0\\0\\0\\0')\nwhile True: pass":   Completed,
		"import os\nos.write(1023, b'\\7\\0\\0\\0')\nwhile True: pass":   Failed,
		"import os\nos.write(1023, b'\\xff' * 64)\nos._exit(0)":          Completed,
		"import os\nos.write(1023, b'\\0\\0')\nos._exit(9)":              Failed,
		"import os\nos.closerange(3, 2000)\nraise SystemExit(4)":         Failed,
		"import os\nos.execv('/bin/sh', ['sh', '-c', 'exit 0'])":         Completed,
		"import os\nos.dup2(1, 1023)\nos.write(1, b'x')\nos._exit(0)":    Completed,
		"import os, sys\nos.close(1); os.close(2); sys.exit(3)":          Failed,
		"import ctypes, os\nctypes.CDLL(None).prctl(1, 0)\nos._exit(0)":  Completed,
		"import signal, os\nos.kill(os.getpid(), signal.SIGSTOP)\nx = 1": TimedOut,
	} {
		var limits Limits
		if want == TimedOut {
			limits.Wall = time.Second
		}
		if r, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Source: []byte(source), Limits: limits}); r.Outcome != want {
			t.Errorf("%q: %+v %s", source, r, o.err.String())
		}
	}
}

// No run finds an earlier one's source, arguments or input in the memory that it got from the zygote.
func TestZygoteMemory(t *testing.T) {
	d := alone(t)
	warmed(t, d, "python")
	for range 3 {
		if r, o := try(t, d, Job{
			Runtime: "python", Source: []byte("#  SECRET-91c2 source\nprint(input(), 'SECRET-91c2')"), Args: []string{"SECRET-91c2"},
			Env: map[string]string{"S": "SECRET-91c2"}, Stdin: strings.NewReader("SECRET-91c2\n"), Files: []File{{Path: "x", Content: []byte("SECRET-91c2")}},
		}); r.Class != ClassProcess || !strings.Contains(o.out.String(), "SECRET") {
			t.Fatalf("%+v", r)
		}
	}
	// Patterns that do not match their own text.
	r, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Source: []byte(`
import os, re
control = 'CONTROL-91c2'
mem = os.open('/proc/self/mem', os.O_RDONLY); found = controls = 0
for line in open('/proc/self/maps'):
    where, flags = line.split()[:2]
    if 'r' not in flags or '[v' in line: continue
    a, b = (int(x, 16) for x in where.split('-'))
    for at in range(a, b, 1 << 20):
        try: data = os.pread(mem, min(b - at, (1 << 20) + 64), at)
        except OSError: break
        found += len(re.findall(b'SECRET-91[c]2', data)); controls += len(re.findall(b'CONTROL-91[c]2', data))
print(controls > 0, found)
`)})
	if r.Class != ClassProcess || o.out.String() != "True 0\n" {
		t.Errorf("%+v %q %s", r, o.out.String(), o.err.String())
	}
}

// Many at once, each gets its own output and nobody else's.
func TestConcurrent(t *testing.T) {
	d := driver(t)
	warmed(t, d, "python")
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			input := bytes.Repeat([]byte{byte('a' + i%26)}, 1000*(i+1))
			r, o := try(t, d, Job{Runtime: "python", Stdin: bytes.NewReader(input), Source: []byte("import sys; print(sys.stdin.read(), end='')")})
			if r.Outcome != Completed || o.out.String() != string(input) {
				t.Errorf("run %d: %+v, %d bytes", i, r, o.out.Len())
			}
		})
	}
	wait.Wait()
}

// A warmed interpreter that nobody uses is closed, and warmed again when somebody does. Runs that hold it end first.
func TestZygoteIdle(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 2 {
		warmed(t, d, "python")
		w := d.current.warmer
		rt, err := d.runtime("python")
		if err != nil {
			t.Fatal(err)
		}
		g, z := w.get(rt, true, w.ward.boundsOf(size{1, 1}, DefaultLimits()))
		if g != nil {
			t.Fatal("a guest of other bounds")
		}
		if z == nil {
			t.Fatal("no zygote")
		}
		w.mu.Lock()
		lean := kind{rt.ID(), true}
		w.warm[lean].timer.Reset(0) // its idle time is over
		w.mu.Unlock()
		for warm := true; warm; {
			w.mu.Lock()
			warm = w.warm[lean] != nil
			w.mu.Unlock()
		}
		select { // held: it outlives its idle time
		case <-z.ended:
			t.Error("closed while a run held it")
		default:
		}
		z.release()
		<-z.ended
	}
}

// A worn zygote is replaced while it goes on serving.
func TestZygoteReplaced(t *testing.T) {
	d := alone(t)
	warmed(t, d, "python")
	rt, err := d.runtime("python")
	if err != nil {
		t.Fatal(err)
	}
	_, old := d.current.warmer.get(rt, true, bounds{})
	old.mu.Lock()
	old.uses = zygoteUses
	old.mu.Unlock()
	if r, _ := try(t, d, python("print(1)")); r.Class != ClassProcess {
		t.Errorf("while it is replaced: %+v", r)
	}
	d.current.warmer.settle()
	_, next := d.current.warmer.get(rt, true, bounds{})
	defer next.release()
	if next == old {
		t.Error("not replaced")
	}
	old.release()
	<-old.ended
}

// Node cannot fork: it is started ahead, used once, and behaves like one that is started for the run.
func TestNodeAhead(t *testing.T) {
	d := driver(t)
	rt, err := d.runtime("node")
	if err != nil || rt.ahead == nil {
		t.Skip("no Node that is started ahead on this host")
	}
	job := Job{Runtime: "node", Env: map[string]string{"A": "B"}, Args: []string{"x", "y z"}, Stdin: strings.NewReader("in\n"), Files: []File{
		{Path: "lib/m.js", Content: []byte("exports.n = 5; exports.main = require.main === module;")},
	}, Source: []byte(`
process.on('exit', (c) => console.log('exit', c));
const m = require('./lib/m.js');
console.log(process.argv.slice(1), JSON.stringify(process.env, Object.keys(process.env).sort()), m, __filename, require.main === module, module.id, process.mainModule === module, process.cwd());
console.log(Object.keys(require.cache), process.pid, fs(), process.stdout.isTTY, typeof globalThis.job);
function fs() { return require('fs').readdirSync('/proc/self/fd').length > 2; }
let s = ''; process.stdin.on('data', (c) => s += c).on('end', () => { console.log('stdin', s); setTimeout(() => { console.error('bye'); process.exitCode = 3; }, 1); });
`)}
	var outputs []*output
	ahead := 0
	for range 4 {
		_, _ = job.Stdin.(*strings.Reader).Seek(0, 0)
		d.current.warmer.settle()
		d.current.warmer.mu.Lock()
		if h := d.current.warmer.warm[kind{rt.ID(), rt.lean != nil}]; h != nil {
			ahead += min(len(h.parked), 1)
		}
		d.current.warmer.mu.Unlock()
		r, o := try(t, d, job)
		if r.Outcome != Failed || r.ExitCode == nil || *r.ExitCode != 3 || r.Class != ClassFresh {
			t.Errorf("%+v %s", r, o.err.String())
		}
		t.Log(r.Usage.Wall, r.Usage.CPU, r.Usage.PeakMemoryBytes)
		outputs = append(outputs, o)
	}
	if ahead < 2 {
		t.Errorf("%d of 4 runs had a Node started ahead", ahead)
	}
	for _, o := range outputs[1:] {
		if o.out.String() != outputs[0].out.String() || o.err.String() != outputs[0].err.String() {
			t.Errorf("fresh %s%s\nahead %s%s", outputs[0].out.String(), outputs[0].err.String(), o.out.String(), o.err.String())
		}
	}
	for source, want := range map[string]Outcome{
		"throw new Error('x')": Failed, "process.exit(0)": Completed, "let let = 1": Failed, "import fs from 'fs'; console.log(await 1)": Completed, "process.kill(process.pid, 'SIGKILL')": Failed,
		"while (true);": TimedOut, "const a = []; while (true) a.push(new Array(1e6).fill(1))": Failed,
	} {
		d.current.warmer.settle()
		var limits Limits
		if want == TimedOut {
			limits.CPU = 2 * time.Second
		}
		if r, o := try(t, d, Job{Runtime: "node", Source: []byte(source), Limits: limits}); r.Outcome != want {
			t.Errorf("%q: %+v %s", source, r, o.err.String())
		}
	}
}
