package image

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// judged keeps an image, and waits until it is known how each of its programs runs.
func judged(t *testing.T, r *Runner, ref Ref) []Verdict {
	t.Helper()
	changed := make(chan struct{}, 1)
	r.Notify(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	r.Keep([]Ref{ref})
	for {
		s := r.Statuses()[0]
		if s.State == Failed {
			t.Fatal(s.Reason)
		}
		if s.State == Ready && len(s.Runtimes) == len(ref.Programs) {
			return s.Runtimes
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("it is not known how its programs run: %+v", s)
		}
	}
}

// pythonOf is this machine's, "/usr/bin/python3.11".
func pythonOf(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/bin/python3.[0-9]*[0-9]")
	if err != nil || len(found) == 0 || testing.Short() {
		t.Skip("needs a Python of the distribution, and some seconds")
	}
	return found[0]
}

// runnerOf runs what is in a shelf.
func runnerOf(t *testing.T, s *shelf) *Runner {
	t.Helper()
	r, err := NewRunner(RunnerConfig{Images: s.Store, Dir: t.TempDir(), Slots: 2, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// isolates skips a test where this host cannot isolate, which a verdict's reason says.
func isolates(t *testing.T, v Verdict) {
	t.Helper()
	if strings.Contains(v.Reason, "cannot isolate") && os.Getenv("CI") == "" {
		t.Skipf("THIS HOST CANNOT ISOLATE: %s", v.Reason)
	}
}

// What a program can be run in is found out by trying; what can be forked ahead then is.
func TestHowProgramsRunIsFoundOut(t *testing.T) {
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	image, err := imagetest.Python(pythonOf(t), "/bin/bash")
	ref := s.push(t, image, err)
	program := func(name, file string, command ...string) Program {
		p := Program{Digest: ref.Reference.Digest(), Name: name, FileName: file, Command: command, Env: map[string]string{"PATH": "/usr/local/bin:/usr/bin:/bin", "OFFERED": "yes"}}
		ref.Programs = append(ref.Programs, p)
		return p
	}
	plain := program("plain@1", "main.py", "python3", "main.py")
	named := program("named@1", "program.py", "/usr/local/bin/python3", "-u", "-I", "program.py")
	for _, other := range []struct {
		name, file string
		command    []string
	}{
		{"odd@1", "main.py", []string{"python3", "-X", "dev", "main.py"}},
		{"module@1", "main.py", []string{"python3", "-m", "main"}},
		{"shell@1", "main.sh", []string{"bash", "main.sh"}},
		{"absent@1", "main.pl", []string{"perl", "main.pl"}},
	} {
		program(other.name, other.file, other.command...)
	}
	r := runnerOf(t, s)
	verdicts := judged(t, r, ref)
	want := []string{"", "", `"-X"`, "not the interpreter and then the source", "starts bash", `no program "perl"`}
	for i, v := range verdicts {
		isolates(t, v)
		forked := slices.Contains(v.Classes, sandbox.ClassProcess)
		if v.Name != ref.Programs[i].Name || !strings.Contains(v.Reason, want[i]) || (v.Reason == "") != forked || !slices.Contains(v.Classes, sandbox.ClassFresh) {
			t.Errorf("%+v, want a reason with %q", v, want[i])
		}
	}
	for _, p := range []Program{plain, named} {
		source := "import os, sys; print(__file__, sys.argv, os.environ['OFFERED'], os.environ['ASKED'], os.getpid(), sys.path[:1] == ['/box'])"
		said := map[sandbox.Class]string{}
		for _, class := range []sandbox.Class{sandbox.ClassProcess, sandbox.ClassFresh} {
			var words string
			for tries := 0; ; tries++ { // the first has the interpreter warmed
				result, text, err := runAs(t, r, p, class, source)
				if err != nil || result.Outcome != sandbox.Completed {
					t.Fatalf("%s in class %s: %+v, %v: %s", p.Name, class, result, err, text)
				}
				if words = text; result.Class == class {
					break
				}
				if tries > 10_000 {
					t.Fatalf("%s is not forked", p.Name)
				}
			}
			said[class] = words
		}
		if said[sandbox.ClassProcess] != said[sandbox.ClassFresh] || said[sandbox.ClassFresh] == "" {
			t.Errorf("%s differs:\nprocess %sfresh   %s", p.Name, said[sandbox.ClassProcess], said[sandbox.ClassFresh])
		}
	}
}

func runAs(t *testing.T, r *Runner, p Program, class sandbox.Class, source string) (sandbox.Result, string, error) {
	t.Helper()
	var said strings.Builder
	result, err := r.Run(t.Context(), p, sandbox.Job{ID: t.Name(), Class: class, Source: []byte(source), Env: map[string]string{"ASKED": "1"}}, func(_ sandbox.Stream, b []byte) {
		said.Write(b)
	})
	return result, said.String(), err
}

// hostileInterpreter is one that an image brings, which tries what it can where it is warmed.
const hostileInterpreter = `
import ctypes, os, sys
if "--version" in sys.argv:
    print("Python 3.99.1")
    sys.exit()
libc, found = ctypes.CDLL(None, use_errno=True), []
def reached(what, got):
    if got: found.append(what)
def opens(path, mode):
    try: open(path, mode).close()
    except OSError: return False
    return True
others = lambda: [p for p in os.listdir("/proc") if p != "self"]
reached("processes", others())
for pid in (1, os.getppid(), os.getpid()): reached("memory of %d" % pid, opens("/proc/%d/mem" % pid, "r+b"))
status = dict(l.split(":", 1) for l in open("/proc/self/status"))
reached("capabilities " + status["CapBnd"].strip(), int(status["CapBnd"], 16) & ~(1 << 6 | 1 << 7 | 1 << 8 | 1 << 18 | 1 << 19 | 1 << 21))
reached("no filter", status["Seccomp"].strip() != "2" or status["NoNewPrivs"].strip() != "1")
reached("a mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0)
reached("what a mount covers", libc.umount2(b"/proc", 2) == 0)
for flag in (0x10000000, 0x40000000, 0x00020000): reached("a namespace", libc.unshare(flag) == 0)
reached("io_uring", libc.syscall(425, 8, None) >= 0)
reached("a trace", libc.ptrace(16, 1, None, None) == 0)
reached("a kernel's socket", libc.socket(16, 3, 0) >= 0)
reached("another descriptor", [n for n in os.listdir("/proc/self/fd") if int(n) > 4])
reached("a variable", set(os.environ) - {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE"})
for path in ("/usr/x", "/box/x", "/tmp/x", "/stoa/x", "/x"): reached("a write to " + path, opens(path, "w"))
nurse = libc.syscall(434, 1, 0)
reached("the helper's files", nurse >= 0 and libc.setns(nurse, 0x00020000) == 0 and others() not in ([], ["self"]))
try: sys.stderr.write("a lot: %d\\n" % len(b"x" * (3 << 30)))
except MemoryError: pass
print("found", found, file=sys.stderr)
sys.exit(1)
`

// An image's own interpreter, where it is warmed, is held as programs are: by the filter, with nobody else's memory or
// files in sight, within a bound on its memory.
func TestAHostileInterpreterIsHeld(t *testing.T) {
	python := pythonOf(t)
	if os.Geteuid() != 0 {
		t.Skip("without root nothing bounds memory")
	}
	for name, c := range map[string]struct{ text, want string }{
		"reaching": {strings.Replace(hostileInterpreter, "3 << 30", "1 << 10", 1), "found []"},
		"filling":  {hostileInterpreter, "it ended"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
			image, err := imagetest.Python(python)
			if err == nil {
				program := imagetest.File("usr/local/bin/python3.99", "#!"+python+c.text)
				program.Header.Mode = 0o755
				image, err = imagetest.Over(image, program)
			}
			ref := s.push(t, image, err)
			ref.Programs = []Program{{Digest: ref.Reference.Digest(), Name: "hostile@1", FileName: "main.py", Command: []string{"python3.99", "main.py"}, Env: map[string]string{"PATH": "/usr/local/bin"}}}
			r := runnerOf(t, s)
			v := judged(t, r, ref)[0]
			isolates(t, v)
			if slices.Contains(v.Classes, sandbox.ClassProcess) || !strings.Contains(v.Reason, c.want) {
				t.Errorf("%+v, want a reason with %q", v, c.want)
			}
		})
	}
}

// An image is ready when something of it can be run as it will be; until then it is being pulled.
func TestAnImageIsReadyOnceItWasTried(t *testing.T) {
	s := withoutNetwork(t, 0, func(context.Context) (int64, error) { return 1, nil })
	t.Cleanup(s.Close)
	opening := make(chan struct{})
	r, err := NewRunner(RunnerConfig{
		Images: s, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler),
		open: func(context.Context, sandbox.Class, sandbox.Config) (Driver, error) {
			<-opening
			return nil, errors.New("the helper fell")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	changed := make(chan struct{}, 100)
	r.Notify(func() { changed <- struct{}{} })
	ref := numbered(t, 1)
	ref.Programs = []Program{{Digest: ref.Reference.Digest(), Name: "x@1", FileName: "x", Command: []string{"/x", "x"}}}
	r.Keep([]Ref{ref})
	for s.Statuses()[0].State != Ready {
		<-changed
	}
	if got := r.Statuses()[0]; got.State != Pulling || got.Percent() != 100 {
		t.Errorf("before it was tried: %+v", got)
	}
	close(opening)
	for r.Statuses()[0].State != Ready {
		<-changed
	}
	want := []sandbox.Class{sandbox.ClassFresh}
	if got := r.Statuses()[0].Runtimes; len(got) != 1 || got[0].Name != "x@1" || !slices.Equal(got[0].Classes, want) || !strings.Contains(got[0].Reason, "the helper fell") {
		t.Errorf("what could not be tried: %+v", got)
	}
}
