package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// forks are the languages that are forked from a warmed interpreter, and how each prints 1 by itself.
var forks = []struct {
	name, path, source string
	bare               []string
}{
	{"python", "/usr/bin/python3", "print(1)", []string{"-I", "-c"}},
	{"perl", "/usr/bin/perl", "print 1, qq(\n)", []string{"-e"}},
	{"perl", "/usr/bin/perl", "use POSIX; use JSON::PP; print 1, qq(\n)", []string{"-e"}},
	{"ruby", "/usr/bin/ruby", "puts 1", []string{"-e"}},
}

var bubblewrap = []string{
	"--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib",
	"--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/box", "--chdir", "/box",
}

func contenders(ctx context.Context, d *sandbox.Driver) ([]*contender, error) {
	runtimes, err := d.Runtimes(ctx)
	if err != nil {
		return nil, err
	}
	has := func(name string) bool {
		return slices.ContainsFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == name })
	}
	bwrap, _ := exec.LookPath("bwrap")
	list := []*contender{}
	for i, f := range forks {
		path, err := filepath.EvalSymlinks(f.path)
		at := slices.IndexFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == f.name && (r.Path == f.path || r.Path == path) })
		if err != nil || at < 0 {
			fmt.Printf("no %s: left out\n", f.path)
			continue
		}
		kind := f.name
		if i > 0 && forks[i-1].name == f.name {
			kind += " with modules"
		}
		fmt.Println(kind, runtimes[at].Version, path)
		bare := append(slices.Clone(f.bare), f.source)
		list = append(list, &contender{kind: kind, name: "bare", run: func() error { return command("1\n", path, bare...) }})
		if bwrap != "" && kind == "python" {
			list = append(list, &contender{kind: kind, name: "bubblewrap --unshare-all", run: func() error {
				return command("1\n", bwrap, slices.Concat(bubblewrap, []string{path}, bare)...)
			}})
		}
		job := sandbox.Job{Runtime: runtimes[at].ID(), Class: sandbox.ClassProcess, Source: []byte(f.source)}
		if err := warm(ctx, d, job); err != nil {
			return nil, err
		}
		list = append(list, through(ctx, d, kind, "stoa, class process", job, "1\n"))
		job.Class = sandbox.ClassFresh
		list = append(list, through(ctx, d, kind, "stoa, class fresh", job, "1\n"))
	}
	if node, err := exec.LookPath("node"); err == nil && has("node") {
		list = append(list, &contender{kind: "node", name: "bare", run: func() error { return command("1\n", node, "-e", "console.log(1)") }},
			through(ctx, d, "node", "stoa, class fresh", sandbox.Job{Runtime: "node", Class: sandbox.ClassFresh, Source: []byte("console.log(1)")}, "1\n"))
	}
	// The launch alone: a program that does nothing.
	if bwrap != "" {
		list = append(list, &contender{kind: "true", name: "bubblewrap --unshare-all", run: func() error {
			return command("", bwrap, slices.Concat(bubblewrap, []string{"/bin/true"})...)
		}})
	}
	list = append(list, through(ctx, d, "true", "stoa, class fresh", sandbox.Job{
		As: &sandbox.Runtime{FileName: "nothing", Command: []string{"/bin/true"}}, Class: sandbox.ClassFresh,
	}, ""))
	if has("c") {
		job := sandbox.Job{Runtime: "c", Class: sandbox.ClassFresh, Source: []byte("#include <stdio.h>\nint main(void) { puts(\"1\"); }\n")}
		list = append(list, through(ctx, d, "c", "stoa, compiled anew", job, "1\n"))
		job.CacheScope = "bench"
		list = append(list, through(ctx, d, "c", "stoa, compiled before", job, "1\n"))
	}
	return list, nil
}

// warm runs the job until it is forked: the first run has its interpreter warmed.
func warm(ctx context.Context, d *sandbox.Driver, job sandbox.Job) error {
	for range 10_000 {
		r, err := d.Run(ctx, job, nil)
		if err != nil || r.Class == job.Class {
			return err
		}
	}
	return fmt.Errorf("%s is not forked", job.Runtime)
}

func through(ctx context.Context, d *sandbox.Driver, kind, name string, job sandbox.Job, want string) *contender {
	return &contender{kind: kind, name: name, run: func() error {
		var out strings.Builder
		r, err := d.Run(ctx, job, func(_ sandbox.Stream, p []byte) { out.Write(p) })
		if err == nil && (r.Outcome != sandbox.Completed || out.String() != want || r.Class != job.Class) {
			err = fmt.Errorf("%+v %q", r, out.String())
		}
		return err
	}}
}

func command(want, name string, arguments ...string) error {
	c := exec.Command(name, arguments...)
	c.Stderr = os.Stderr
	b, err := c.Output()
	if err == nil && string(b) != want {
		err = fmt.Errorf("printed %q", b)
	}
	return err
}
