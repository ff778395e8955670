package executionpistonhttp

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
)

func TestCheck(t *testing.T) {
	good := PistonRequest{Language: "python", Version: "*", Files: []PistonFile{{Content: "1"}}}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*PistonRequest){
		"language is required as a string":               func(r *PistonRequest) { r.Language = "" },
		"version is required as a string":                func(r *PistonRequest) { r.Version = "" },
		"files is required as an array":                  func(r *PistonRequest) { r.Files = nil },
		"at most 100 files and 256 args can be given":    func(r *PistonRequest) { r.Args = make([]string, 257) },
		"files[0].encoding is none of utf8, base64, hex": func(r *PistonRequest) { r.Files = []PistonFile{{Encoding: "rot13"}} },
	} {
		r := good
		change(&r)
		if got, ok := errors.AsType[refusal](r.check()); !ok || got.Message != want {
			t.Errorf("the refusal is %q, want %q", got.Message, want)
		}
	}
}

func TestExit(t *testing.T) {
	end := func(status execution.Status, reason string, code *int, signal string) execution.Details {
		return execution.Details{Execution: execution.Execution{Status: status, ReasonCode: reason, ReasonMessage: reason, ExitCode: code, Signal: signal}}
	}
	for name, c := range map[string]struct {
		in   execution.Details
		want exit
	}{
		"completed":        {end(execution.Completed, "", new(0), ""), exit{Stage: "run", Code: new(0)}},
		"exit code":        {end(execution.Failed, "exit_code", new(3), ""), exit{Stage: "run", Code: new(3), Status: new("RE"), Message: new("exit_code")}},
		"ended by signal":  {end(execution.Cancelled, "cancelled", nil, ""), exit{Stage: "run", Signal: new("SIGKILL"), Status: new("XX"), Message: new("cancelled")}},
		"timed out":        {end(execution.TimedOut, "wall_limit", nil, ""), exit{Stage: "run", Signal: new("SIGKILL"), Status: new("TO"), Message: new("wall_limit")}},
		"does not compile": {end(execution.Failed, execution.ReasonCompile, new(1), ""), exit{Stage: "compile", Code: new(1), Status: new("RE"), Message: new(execution.ReasonCompile)}},
	} {
		c.want.Type = "exit"
		if diff := cmp.Diff(c.want, exitOf(c.in)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWholeCharacters(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "aé": 3, "a\xc3": 1, "a\xe2\x82": 1, "a\xf0\x9f\x98": 1, "a\xf0\x9f\x98\x80": 5, "a\xff": 2, "\x80\x80\x80\x80": 4} {
		if got := whole([]byte(in)); got != want {
			t.Errorf("%q: %d bytes are whole, want %d", in, got, want)
		}
	}
}
