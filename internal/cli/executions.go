package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsCommand struct {
	List         executionsList         `cmd:"" default:"withargs" help:"List executions, newest first."`
	Submit       executionsSubmit       `cmd:"" help:"Submit several runs at once, and wait for none."`
	Get          executionsGet          `cmd:"" help:"Show one execution."`
	Steps        executionsSteps        `cmd:"" help:"Tell what was done for an execution, step by step."`
	Logs         executionsLogs         `cmd:"" help:"Print the output of an execution."`
	Artefacts    executionsArtefacts    `cmd:"" help:"List what an execution left behind, or save it."`
	Attach       executionsAttach       `cmd:"" help:"Follow an interactive execution and write to it."`
	Recording    executionsRecording    `cmd:"" help:"Print the recording of an execution, in asciicast v2."`
	Cancel       executionsCancel       `cmd:"" help:"Cancel executions."`
	Reprioritize executionsReprioritize `cmd:"" help:"Change the priority of executions that wait."`
	Egress       executionsEgress       `cmd:"" help:"Show or change what an execution may connect to."`
	Retry        executionsRetry        `cmd:"" help:"Run an execution again, as a new one."`
	Deliveries   executionsDeliveries   `cmd:"" help:"Tell how its callback fares, and what was sent about it to your channels."`
	Redeliver    executionsRedeliver    `cmd:"" help:"Make callbacks again at once, with the same key."`
	Delete       executionsDelete       `cmd:"" help:"Delete executions that have ended, with their output."`
}

// statusTint says what a status means.
func statusTint(status string) tint {
	switch status {
	case "completed", "ready":
		return good
	case "queued", "scheduled", "running", "enrolling":
		return busy
	case "cancelled", "timed_out", "draining":
		return warn
	case "failed", "error", "offline":
		return bad
	}
	return plain
}

// ending is the exit code or the signal.
func ending(e stoa.Execution) string {
	switch {
	case e.Signal != "":
		return e.Signal
	case e.ExitCode != nil:
		return strconv.FormatInt(*e.ExitCode, 10)
	}
	return ""
}
