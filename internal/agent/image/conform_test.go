package image

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox/sandboxtest"
)

// offering is an image with its programs, as a driver whose runtimes they are.
type offering struct {
	*Runner
	programs []Program
	class    sandbox.Class
}

func (o offering) find(runtime string) (Program, bool) {
	for _, p := range o.programs {
		if name, _, _ := strings.Cut(p.Name, "@"); runtime == name || runtime == p.Name {
			return p, true
		}
	}
	return Program{}, false
}

func (o offering) Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	p, ok := o.find(job.Runtime)
	if !ok {
		return sandbox.Result{Outcome: sandbox.Error}, &sandbox.JobError{Field: "runtime", Problem: "is not offered"}
	}
	return o.Runner.Run(ctx, p, job, out)
}

func (o offering) Runtimes(context.Context) ([]sandbox.Runtime, error) {
	var all []sandbox.Runtime
	for _, p := range o.programs {
		name, version, _ := strings.Cut(p.Name, "@")
		example := map[string]string{"python": "print('Hello')", "bash": "echo Hello"}[name]
		all = append(all, sandbox.Runtime{Name: name, Version: version, Classes: []sandbox.Class{o.class}, Example: example})
	}
	return all, nil
}

// Enforcement is what the image's own driver says.
func (o offering) Enforcement() []sandbox.Enforced {
	at, err := o.placeOf(o.programs[0], o.class)
	if err != nil {
		return nil
	}
	d, err := o.take(context.Background(), at)
	if err != nil {
		return nil
	}
	defer o.give(d)
	inner := d.Driver
	if b, ok := inner.(onBase); ok {
		inner = b.Driver
	}
	return inner.(interface{ Enforcement() []sandbox.Enforced }).Enforcement()
}

func (o offering) Close() error {
	o.Runner.Close()
	return nil
}

// runsc is the helper program of class gvisor as it was built, or empty.
func runsc(t *testing.T) string {
	t.Helper()
	found, err := filepath.Abs("../../../bin/" + gvisor.Program)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(found); err != nil || os.Geteuid() != 0 {
		return ""
	}
	return found
}

// A program in an image is treated in every class as one that is installed.
func TestConform(t *testing.T) {
	found, err := filepath.Glob("/usr/bin/python3.[0-9]*[0-9]")
	if err != nil || len(found) == 0 || testing.Short() {
		t.Skip("needs a Python of the distribution, and half a minute")
	}
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	image, err := imagetest.Python(found[0], "/bin/bash", "/bin/cat", "/bin/echo", "/usr/bin/yes")
	ref := s.push(t, image, err)
	program := func(name, file string, command ...string) Program {
		return Program{Digest: ref.Reference.Digest(), Name: name + "@9.1", FileName: file, Command: command, Env: map[string]string{"PATH": "/usr/local/bin:/usr/bin:/bin"}}
	}
	programs := []Program{program("python", "main.py", "python3", "-u", "main.py"), program("bash", "main.sh", "bash", "main.sh")}
	ref.Programs = programs
	r, err := NewRunner(RunnerConfig{Images: s.Store, Dir: t.TempDir(), Slots: 4, Runsc: runsc(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	judged(t, r, ref)
	for _, class := range []sandbox.Class{sandbox.ClassProcess, sandbox.ClassFresh, sandbox.ClassGVisor} {
		t.Run(string(class), func(t *testing.T) {
			if class == sandbox.ClassGVisor && r.config.Runsc == "" {
				t.Skip("NO CLASS GVISOR: `make build` makes " + gvisor.Program + ", and it needs root")
			}
			o := offering{r, programs, class}
			_, err := o.Run(t.Context(), sandbox.Job{ID: t.Name(), Runtime: "bash", Class: class}, nil)
			if host, ok := errors.AsType[*sandbox.HostError](err); ok && os.Getenv("CI") == "" {
				t.Skipf("THIS HOST CANNOT ISOLATE: %v", host)
			}
			sandboxtest.Conform(t, sandboxtest.Subject{Driver: o, Class: class, Has: func(name string) bool {
				_, ok := o.find(name)
				return ok && (class != sandbox.ClassProcess || name == "python")
			}})
		})
	}
}
