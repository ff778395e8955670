package attack_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"

	"github.com/stoa-cloud/stoa/internal/agent/attack"
	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// inImage runs programs with the interpreters of an image: Python, which is forked ahead, and the shell that honest runs use.
type inImage struct {
	*sandbox.Driver
	runtimes map[string]*sandbox.Runtime
}

func (d inImage) Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	job.As = d.runtimes[job.Runtime]
	return d.Driver.Run(ctx, job, out)
}

func (d inImage) Runtimes(context.Context) ([]sandbox.Runtime, error) {
	return []sandbox.Runtime{*d.runtimes["python"]}, nil
}

// needsMore tells whether an attack has something before or beside it that the image has not.
func needsMore(a attack.Attack) bool {
	return slices.ContainsFunc([]*attack.Program{a.Before, a.Beside}, func(p *attack.Program) bool {
		return p != nil && p.Runtime != "python" && p.Runtime != "bash"
	})
}

func openImage(ctx context.Context, dir string) (opened, error) {
	found, err := filepath.Glob("/usr/bin/python3.[0-9]*[0-9]")
	if err != nil || len(found) == 0 {
		return opened{}, &sandbox.HostError{Missing: []string{"/usr/bin/python3"}}
	}
	image, err := imagetest.Python(found[0], "/bin/bash", "/bin/cat", "/usr/bin/id")
	if err != nil {
		return opened{}, err
	}
	root := filepath.Join(dir, "image")
	if err := errors.Join(imagetest.Unpack(image, root), sandbox.PrepareRoot(root)); err != nil {
		return opened{}, err
	}
	open := func(name string, slots, parked int) (inImage, error) {
		d, err := sandbox.Open(ctx, sandbox.Config{
			Dir: filepath.Join(dir, name), Root: root, Log: slog.New(slog.DiscardHandler), NoCompileCache: true, Slots: slots, Parked: parked,
		})
		if err != nil {
			return inImage{}, err
		}
		python := &sandbox.Runtime{Name: "python", Version: "3", FileName: "main.py", Command: []string{"/usr/local/bin/python3", "-u", "main.py"}}
		bash := &sandbox.Runtime{Name: "bash", Version: "5", FileName: "main.sh", Command: []string{"/bin/bash", "main.sh"}}
		why, err := d.Warmable(ctx, python)
		if err == nil && why != "" {
			err = errors.New(why)
		}
		if err != nil {
			return inImage{}, errors.Join(err, d.Close())
		}
		return inImage{d, map[string]*sandbox.Runtime{"python": python, "bash": bash}}, nil
	}
	many, err := open("many", 16, 0)
	if err != nil {
		return opened{}, err
	}
	alone, err := open("alone", 1, -1)
	if err != nil {
		return opened{}, errors.Join(err, many.Close())
	}
	return opened{many, alone, func() error { return errors.Join(many.Close(), alone.Close()) }}, nil
}
