package executionpistonhttp

import (
	"strings"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// PistonAnswer is how a program ended.
type PistonAnswer struct {
	Language string       `json:"language"`
	Version  string       `json:"version"`
	Compile  *PistonStage `json:"compile,omitempty" doc:"Only when a compiler refused the program; there is no run then."`
	Run      *PistonStage `json:"run,omitempty"`
}

// PistonStage is one step of it. Times are milliseconds, memory is bytes.
type PistonStage struct {
	Stdout   string  `json:"stdout"`
	Stderr   string  `json:"stderr"`
	Output   string  `json:"output" doc:"Both, in the order of writing."`
	Code     *int    `json:"code" nullable:"true"`
	Signal   *string `json:"signal" nullable:"true"`
	Message  *string `json:"message" nullable:"true"`
	Status   *string `json:"status" nullable:"true" doc:"TO timed out, RE ended with another code than 0, SG by a signal, OL wrote too much, XX could not be run."`
	CPUTime  float64 `json:"cpu_time"`
	WallTime float64 `json:"wall_time"`
	Memory   int64   `json:"memory"`
}

func answer(runtime execution.Runtime, d execution.Details) PistonAnswer {
	out := PistonAnswer{Language: languageOf(runtime.Name).name, Version: runtime.Version}
	stage := stageOf(d)
	if d.ReasonCode == execution.ReasonCompile {
		out.Compile = stage
	} else {
		out.Run = stage
	}
	return out
}

func stageOf(d execution.Details) *PistonStage {
	s := &PistonStage{Code: d.ExitCode}
	if d.Output != nil {
		s.Stdout, s.Stderr = text(d.Output.Stdout), text(d.Output.Stderr)
		s.Output = text(d.Output.Interleaved())
	}
	if d.UsedWallUS != nil {
		s.WallTime, s.CPUTime, s.Memory = float64(*d.UsedWallUS)/1000, float64(*d.UsedCPUUS)/1000, *d.PeakMemory
	}
	status := ""
	switch {
	case d.Status == execution.Completed:
		return s
	case d.Status == execution.TimedOut:
		status, s.Signal, s.Code = "TO", new("SIGKILL"), nil
	case d.ReasonCode == execution.ReasonOutput:
		status, s.Signal, s.Code = "OL", new("SIGKILL"), nil
	case d.Status == execution.Failed && d.Signal != "":
		status, s.Signal = "SG", &d.Signal
	case d.Status == execution.Failed:
		status = "RE"
	default:
		status = "XX"
	}
	s.Status = &status
	if d.ReasonMessage != "" {
		s.Message = &d.ReasonMessage
	}
	return s
}

func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
