package image

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// run runs a shell script in the one image of a shelf.
func run(t *testing.T, r *Runner, p Program, source string) (sandbox.Result, string, error) {
	t.Helper()
	var mu sync.Mutex
	var said strings.Builder
	result, err := r.Run(t.Context(), p, sandbox.Job{ID: t.Name(), Source: []byte(source), Env: map[string]string{"ASKED": "1"}}, func(_ sandbox.Stream, b []byte) {
		mu.Lock()
		defer mu.Unlock()
		said.Write(b)
	})
	return result, said.String(), err
}

// The image's own shell runs, in the image's root, which nobody can write to.
func TestAProgramRunsInItsImage(t *testing.T) {
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	image, err := imagetest.Bash(imagetest.File("opt/note", "from the image\n"), imagetest.File("etc/hostname", "image\n"))
	ref := s.push(t, image, err)
	s.Keep([]Ref{ref})
	s.await(t, Ready)
	r, err := NewRunner(RunnerConfig{Images: s.Store, Dir: t.TempDir(), Slots: 2, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	p := Program{
		Digest: ref.Reference.Digest(), Name: "bash@image", FileName: "main.sh", Command: []string{"bash", "main.sh"},
		Env: map[string]string{"PATH": "/nowhere:/usr/bin", "OFFERED": "2"},
	}
	result, said, err := run(t, r, p, `
echo "$(< /opt/note) $ASKED$OFFERED $BASH $(< /etc/hostname)"
for secret in /usr/lib/os-release /etc/shadow /usr/bin/env /root /home; do [ -e $secret/. ] || [ -f $secret ] && echo "sees $secret"; done
for place in /usr/x /opt/note /etc/passwd /x /bin/bash; do (echo dead >> $place) 2>/dev/null && echo "wrote $place"; done
echo data > file && echo "$(< file)"`)
	var host *sandbox.HostError
	if errors.As(err, &host) && os.Getenv("CI") == "" {
		t.Skipf("THIS HOST CANNOT ISOLATE: %v", host)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := "from the image 12 /usr/bin/bash stoa\nsees /home\ndata\n"; said != want || result.Outcome != sandbox.Completed || result.Class != sandbox.ClassFresh {
		t.Errorf("%+v\n got %q\nwant %q", result, said, want)
	}
	if left, err := os.ReadDir(filepath.Join(s.dir(p.Digest), "rootfs")); err != nil || len(left) == 0 {
		t.Errorf("the image is gone: %v", err)
	}

	p.Command = []string{"python3", "main.sh"}
	var refused *sandbox.JobError
	if _, _, err = run(t, r, p, ""); !errors.As(err, &refused) || !strings.Contains(refused.Problem, `no program "python3"`) {
		t.Errorf("without the program: %v", err)
	}
	p.Digest = "sha256:" + strings.Repeat("0", 64)
	if _, _, err = run(t, r, p, ""); !errors.As(err, &refused) || !strings.Contains(refused.Problem, "not on this node") {
		t.Errorf("without the image: %v", err)
	}
}

// A language image as distributions make them, end to end.
func TestPythonRunsInItsImage(t *testing.T) {
	found, err := filepath.Glob("/usr/bin/python3.[0-9]*[0-9]")
	if err != nil || len(found) == 0 || testing.Short() {
		t.Skip("needs a Python of the distribution, and some seconds")
	}
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	image, err := imagetest.Python(found[0])
	ref := s.push(t, image, err)
	s.Keep([]Ref{ref})
	s.await(t, Ready)
	r, err := NewRunner(RunnerConfig{Images: s.Store, Dir: t.TempDir(), Slots: 2, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	p := Program{Digest: ref.Reference.Digest(), Name: "python@image", FileName: "main.py", Command: []string{"python3", "-u", "main.py"}, Env: map[string]string{"PATH": "/usr/local/bin"}}
	result, said, err := run(t, r, p, `
import ctypes, json, os, sqlite3, ssl, subprocess, sys, tempfile, threading, zlib
t = threading.Thread(target=lambda: print(json.dumps(sqlite3.connect(":memory:").execute("select 6 * 7").fetchone())))
t.start(); t.join()
print(subprocess.run([sys.executable, "-c", "print('child')"], capture_output=True, text=True).stdout.strip())
print(sys.executable, sorted(os.listdir("/usr")), os.path.exists("/usr/bin/env"))
try: open("/usr/local/x", "w")
except OSError as e: print(e.strerror)`)
	var host *sandbox.HostError
	if errors.As(err, &host) && os.Getenv("CI") == "" {
		t.Skipf("THIS HOST CANNOT ISOLATE: %v", host)
	}
	if want := "[42]\nchild\n/usr/local/bin/python3 ['bin', 'lib', 'local'] False\nRead-only file system\n"; err != nil || said != want {
		t.Errorf("%+v, %v\n got %q\nwant %q", result, err, said, want)
	}
}

// idleDriver does nothing until it is told to.
type idleDriver struct {
	closed chan struct{}
	go_    chan struct{}
}

func (d idleDriver) Run(context.Context, sandbox.Job, func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	<-d.go_
	return sandbox.Result{Outcome: sandbox.Completed}, nil
}

func (d idleDriver) Close() error {
	close(d.closed)
	return nil
}

func TestADriverIsSharedAndClosedWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withoutNetwork(t, 0, func(context.Context) (int64, error) { return 1, nil })
		defer s.Close()
		s.Keep([]Ref{numbered(t, 1)})
		synctest.Wait()
		made := idleDriver{make(chan struct{}), make(chan struct{})}
		opened := 0
		r, err := NewRunner(RunnerConfig{
			Images: s, Dir: t.TempDir(), Idle: time.Minute, Log: slog.New(slog.DiscardHandler),
			open: func(context.Context, sandbox.Class, sandbox.Config) (Driver, error) { opened++; return made, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		p := Program{Digest: numbered(t, 1).Reference.Digest(), Name: "x@1", FileName: "x", Command: []string{"/x"}}
		var runs sync.WaitGroup
		for range 3 {
			runs.Go(func() {
				if _, err := r.Run(t.Context(), p, sandbox.Job{}, nil); err != nil {
					t.Error(err)
				}
			})
		}
		<-time.After(time.Hour)
		select {
		case <-made.closed:
			t.Error("closed while programs ran")
		default:
		}
		close(made.go_)
		runs.Wait()
		<-made.closed
		if opened != 1 {
			t.Errorf("opened %d times", opened)
		}
		if _, release, err := s.Use(p.Digest); err != nil {
			t.Error(err)
		} else {
			release()
		}
		r.Close()
	})
}

// What cannot be opened is an error of its run; the agent lives, and the next run tries again.
func TestADriverThatCannotBeOpenedFailsItsRunAlone(t *testing.T) {
	s := withoutNetwork(t, 0, func(context.Context) (int64, error) { return 1, nil })
	t.Cleanup(s.Close)
	came := make(chan struct{}, 100)
	s.Notify(func() { came <- struct{}{} })
	s.Keep([]Ref{numbered(t, 1)})
	for s.Statuses()[0].State != Ready {
		<-came
	}
	broken := errors.New("the helper fell")
	tries := 0
	r, err := NewRunner(RunnerConfig{
		Images: s, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler),
		open: func(context.Context, sandbox.Class, sandbox.Config) (Driver, error) {
			tries++
			return (*sandbox.Driver)(nil), broken // as sandbox.Open gives it
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	p := Program{Digest: numbered(t, 1).Reference.Digest(), Name: "x@1", FileName: "x", Command: []string{"/x"}}
	for range 2 {
		if _, err := r.Run(t.Context(), p, sandbox.Job{}, nil); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
	if tries != 2 {
		t.Errorf("%d tries", tries)
	}
}
