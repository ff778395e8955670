package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// inImage are the machine's own Python in an image: forked ahead, and started for each run.
func inImage(ctx context.Context, dir string) (list []*contender, closeIt func() error, err error) {
	program, err := filepath.EvalSymlinks("/usr/bin/python3")
	if err != nil {
		return nil, nil, err
	}
	image, err := imagetest.Python(program)
	if err != nil {
		return nil, nil, err
	}
	root := filepath.Join(dir, "image")
	if err := errors.Join(imagetest.Unpack(image, root), sandbox.PrepareRoot(root)); err != nil {
		return nil, nil, err
	}
	d, err := sandbox.Open(ctx, sandbox.Config{Dir: filepath.Join(dir, "image-sandbox"), Root: root, Log: slog.New(slog.DiscardHandler), NoCompileCache: true})
	if err != nil {
		return nil, nil, err
	}
	rt := &sandbox.Runtime{Name: "python", Version: "image", FileName: "main.py", Command: []string{"/usr/local/bin/python3", "-u", "main.py"}}
	why, err := d.Warmable(ctx, rt)
	if err == nil && why != "" {
		err = fmt.Errorf("the image is not forked ahead: %s", why)
	}
	fresh := sandbox.Job{Runtime: "python in an image", As: rt, Class: sandbox.ClassFresh, Source: []byte("print(1)")}
	process := fresh
	process.Class = sandbox.ClassProcess
	if err == nil {
		err = warm(ctx, d, process)
	}
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return []*contender{
		through(ctx, d, "python in an image", "stoa, class fresh", fresh, "1\n"),
		through(ctx, d, "python in an image", "stoa, class process", process, "1\n"),
	}, d.Close, nil
}
