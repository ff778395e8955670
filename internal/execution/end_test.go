package execution

import (
	"strings"
	"testing"
)

func TestExplainEnd(t *testing.T) {
	e := Execution{WallMS: 1500, MemoryBytes: 4096, Processes: 7}
	for _, c := range []struct {
		in         Result
		code, says string
	}{
		{Result{Outcome: Completed, ExitCode: new(0)}, "", ""},
		{Result{Outcome: Failed, ExitCode: new(3)}, ReasonExit, "exit code 3"},
		{Result{Outcome: Failed, ExitCode: new(1), Reason: ReasonCompile}, ReasonCompile, "did not compile"},
		{Result{Outcome: Failed, Signal: "SIGSEGV"}, ReasonSignal, "SIGSEGV"},
		{Result{Outcome: TimedOut, Reason: ReasonWall}, ReasonWall, "1500 ms"},
		{Result{Outcome: Failed, Reason: ReasonMemory, ExitCode: new(1)}, ReasonMemory, "4 KiB"},
		{Result{Outcome: Failed, Reason: ReasonProcesses, ExitCode: new(1)}, ReasonProcesses, "7 processes"},
		{Result{Outcome: TimedOut, Reason: ReasonWall, Detail: "It was the compiler."}, ReasonWall, "It was the compiler."},
		{Result{Outcome: Error, Reason: "agent_stopped", Detail: "The node stopped."}, "agent_stopped", "The node stopped."},
	} {
		code, message := explainEnd(e, c.in)
		if code != c.code || !strings.Contains(message, c.says) {
			t.Errorf("%+v ends with %q, %q", c.in, code, message)
		}
	}
	for said, code := range nodeReasons {
		if code == ReasonSandbox { // in the node's own words
			continue
		}
		if _, message := explainEnd(e, Result{Outcome: Failed, Reason: code, ExitCode: new(1)}); message == "It ended with exit code 1." {
			t.Errorf("what the sandbox calls %q is not explained", said)
		}
	}
}
