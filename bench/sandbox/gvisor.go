package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// underGVisor is the contender of class gvisor. runsc is the path of stoa-runsc.
func underGVisor(ctx context.Context, d *sandbox.Driver, dir, runsc string) (*contender, func() error, error) {
	runsc, err := filepath.Abs(runsc)
	if err != nil {
		return nil, nil, fmt.Errorf("find runsc: %w", err)
	}
	g, err := gvisor.Open(ctx, gvisor.Config{Base: d, Runsc: runsc, Dir: filepath.Join(dir, "gvisor"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, fmt.Errorf("open gVisor: %w", err)
	}
	job := sandbox.Job{Runtime: "python", Class: sandbox.ClassGVisor, Source: []byte("print(1)")}
	return &contender{kind: "python", name: "stoa, class gvisor", run: func() error {
		var out strings.Builder
		r, err := g.Run(ctx, job, func(_ sandbox.Stream, p []byte) { out.Write(p) })
		if err == nil && (r.Outcome != sandbox.Completed || out.String() != "1\n") {
			err = fmt.Errorf("%+v %q", r, out.String())
		}
		return err
	}}, g.Close, nil
}
