package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// compareRuns measures print(1) in Python: the bare interpreter, Stoa from the
// request to the stored result, and go-judge.
func compareRuns(ctx context.Context, o options) error {
	fmt.Fprintln(o.out, "print(1) in Python. Stoa: from the HTTP request to the answer with the stored result, submit and result durable.")
	runtime, err := pythonOf(ctx, o)
	if err != nil {
		return err
	}
	all := []*contender{{name: "bare " + o.python + " -I -c", do: func(ctx context.Context) error { return bare(ctx, o.python) }, cpu: childrenCPU}}
	for _, bin := range []string{o.bin, o.against} {
		if bin == "" {
			continue
		}
		in, err := install(ctx, bin)
		if err != nil {
			return err
		}
		defer in.stop()
		if err := in.warm(ctx, runtime); err != nil {
			return err
		}
		all = append(all, &contender{name: "stoa, " + bin, do: func(ctx context.Context) error {
			_, err := in.run(ctx, runtime)
			return err
		}, cpu: treeCPU(in.cmd.Process.Pid)})
	}
	if o.goJudge == "" {
		fmt.Fprintln(o.out, "go-judge: not given")
	} else {
		judge, pid, stop, err := startGoJudge(ctx, o.goJudge, o.python)
		if err != nil {
			return fmt.Errorf("start go-judge: %w", err)
		}
		defer stop()
		all = append(all, &contender{name: "go-judge, REST /run", do: judge, cpu: treeCPU(pid)})
	}
	for _, clients := range []int{1, 8} {
		if err := contest(ctx, o, clients, all); err != nil {
			return err
		}
		table(o.out, fmt.Sprintf("%d client(s), %d turns of %s", clients, o.rounds, o.turn), all)
		for _, c := range all[1:] {
			p99 := median(c.each(func(t turn) float64 { return float64(t.p99) / float64(t.p50) }))
			fmt.Fprintf(o.out, "%-36s p99 is %.1fx its p50 (median of the turns)\n", c.name, p99)
		}
		if last := all[len(all)-1]; o.goJudge != "" {
			p50, rate := ratios(all[1], last)
			fmt.Fprintf(o.out, "%-36s against go-judge: p50 %.2fx, rate %.2fx\n", all[1].name, p50, rate)
		}
	}
	return nil
}

// pythonOf is the runtime that the machine's own Python is.
func pythonOf(ctx context.Context, o options) (string, error) {
	version, err := exec.CommandContext(ctx, o.python, "-I", "-c", "import platform; print(platform.python_version())").Output()
	if err != nil {
		return "", fmt.Errorf("ask %s its version: %w", o.python, err)
	}
	return "python@" + strings.TrimSpace(string(version)), nil
}

func bare(ctx context.Context, python string) error {
	out, err := exec.CommandContext(ctx, python, "-I", "-c", "print(1)").Output()
	if err == nil && string(out) != "1\n" {
		err = fmt.Errorf("it printed %q", out)
	}
	return err
}

// execution is what we look at in an answer.
type execution struct {
	Status    string    `json:"status"`
	Stdout    string    `json:"stdout"`
	Class     string    `json:"class"`
	CreatedAt time.Time `json:"created_at"`
	EndedAt   time.Time `json:"ended_at"`
	Usage     struct {
		WallMS float64 `json:"wall_ms"`
		CPUMS  float64 `json:"cpu_ms"`
	} `json:"usage"`
}

// run submits print(1) and waits for the stored result.
func (in *installation) run(ctx context.Context, runtime string) (execution, error) {
	var e execution
	err := in.call(ctx, http.MethodPost, "/api/v1/executions", map[string]any{"runtime": runtime, "source": "print(1)"}, &e, "Prefer", "wait=30")
	if err == nil && (e.Status != "completed" || e.Stdout != "1\n") {
		err = fmt.Errorf("it ended as %+v", e)
	}
	return e, err
}

// warm runs until the agent has joined and has everything ready that it starts ahead.
func (in *installation) warm(ctx context.Context, runtime string) error {
	run := func() error {
		_, err := in.run(ctx, runtime)
		return err
	}
	if err := eventually(ctx, 30*time.Second, run); err != nil {
		return err
	}
	if err := in.settle(ctx); err != nil {
		return err
	}
	for range 50 {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}
