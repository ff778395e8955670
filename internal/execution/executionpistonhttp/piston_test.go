package executionpistonhttp

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
)

func TestMatch(t *testing.T) {
	all := []execution.Runtime{
		{ID: "python@3.11.2", Name: "python", Version: "3.11.2", Nodes: 1},
		{ID: "python@3.9.18", Name: "python", Version: "3.9.18", Nodes: 1},
		{ID: "python@3.14.0", Name: "python", Version: "3.14.0"}, // its node has gone
		{ID: "node@20.19.2", Name: "node", Version: "20.19.2", Nodes: 1},
		{ID: "bash@5.2", Name: "bash", Version: "5.2", Nodes: 1},
	}
	for _, c := range []struct{ language, version, want string }{
		{"python", "*", "python@3.11.2"},
		{"python", "3", "python@3.11.2"},
		{"py3", "3.x", "python@3.11.2"},
		{"Python", "<3.10", "python@3.9.18"},
		{"python", "3.9.18", "python@3.9.18"},
		{"python", "3.14.0", ""},
		{"python", "nonsense!", ""},
		{"js", ">=18", "node@20.19.2"},
		{"node", "*", ""}, // Piston's name is javascript
		{"sh", "5.2", "bash@5.2"},
		{"cobol", "*", ""},
	} {
		if got, _ := match(all, c.language, c.version); got.ID != c.want {
			t.Errorf("%s-%s is %q, want %q", c.language, c.version, got.ID, c.want)
		}
	}
}

func TestRequest(t *testing.T) {
	r := PistonRequest{
		Files:      []PistonFile{{Content: "cHJpbnQoMSk=", Encoding: "base64"}, {Name: "a/b.txt", Content: "6869", Encoding: "hex"}},
		RunTimeout: 1500.5, RunMemoryLimit: -1, Args: []string{"x"},
	}
	got, err := r.submit(execution.Runtime{ID: "python@3.11.2"})
	if err != nil {
		t.Fatal(err)
	}
	want := execution.Input{Source: "print(1)", Stdin: []byte{}, Args: []string{"x"}, Files: []execution.File{{Path: "a/b.txt", Content: []byte("hi")}}}
	if diff := cmp.Diff(want, got.Input); diff != "" {
		t.Error(diff)
	}
	if got.Limits != (execution.Limits{WallMS: 1500}) {
		t.Errorf("limits are %+v", got.Limits)
	}
	for _, bad := range [][]PistonFile{{{Content: "zz", Encoding: "hex"}}, {{Content: "x"}, {Content: "y"}}} {
		if _, err := (PistonRequest{Files: bad}).submit(execution.Runtime{}); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}

func TestStages(t *testing.T) {
	output := &execution.Output{Stdout: []byte("ab\xff"), Stderr: []byte("E"), Layout: []int32{1, -1, 2}}
	used, cpu, memory := int64(2500), int64(1500), int64(4096)
	end := func(status execution.Status, reason string, code *int, signal string) execution.Details {
		return execution.Details{Output: output, Execution: execution.Execution{
			Status: status, ReasonCode: reason, ReasonMessage: reason, ExitCode: code, Signal: signal,
			UsedWallUS: &used, UsedCPUUS: &cpu, PeakMemory: &memory,
		}}
	}
	whole := PistonStage{Stdout: "ab\uFFFD", Stderr: "E", Output: "aEb\uFFFD", CPUTime: 1.5, WallTime: 2.5, Memory: 4096}
	with := func(code *int, signal, message, status *string) *PistonStage {
		s := whole
		s.Code, s.Signal, s.Message, s.Status = code, signal, message, status
		return &s
	}
	for name, c := range map[string]struct {
		in   execution.Details
		want *PistonStage
	}{
		"completed": {end(execution.Completed, "", new(0), ""), with(new(0), nil, nil, nil)},
		"exit code": {end(execution.Failed, "exit_code", new(3), ""), with(new(3), nil, new("exit_code"), new("RE"))},
		"signal":    {end(execution.Failed, "signal", nil, "SIGSEGV"), with(nil, new("SIGSEGV"), new("signal"), new("SG"))},
		"timed out": {end(execution.TimedOut, "wall_limit", nil, ""), with(nil, new("SIGKILL"), new("wall_limit"), new("TO"))},
		"output":    {end(execution.Failed, execution.ReasonOutput, nil, "SIGKILL"), with(nil, new("SIGKILL"), new("output_limit"), new("OL"))},
		"error":     {end(execution.Error, "sandbox_error", nil, ""), with(nil, nil, new("sandbox_error"), new("XX"))},
	} {
		if diff := cmp.Diff(c.want, stageOf(c.in)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	refused := answer(execution.Runtime{Name: "cpp", Version: "12.2.0"}, end(execution.Failed, execution.ReasonCompile, new(1), ""))
	if refused.Language != "c++" || refused.Run != nil || refused.Compile == nil {
		t.Errorf("a program that does not compile is answered by %+v", refused)
	}
}
