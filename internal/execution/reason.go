package execution

import (
	"fmt"

	"github.com/stoa-cloud/stoa/internal/node"
)

// Why an execution ended or was put back, as reason codes. An agent of another version
// may name one that is not here; it is passed on as it is.
const (
	ReasonExit        = "exit_code"
	ReasonSignal      = "signal"
	ReasonCompile     = "compile_error"
	ReasonMemory      = "memory_limit"
	ReasonProcesses   = "process_limit"
	ReasonDisk        = "disk_limit"
	ReasonOutput      = "output_limit"
	ReasonWall        = "wall_limit"
	ReasonCPU         = "cpu_limit"
	ReasonIdle        = "idle_limit"
	ReasonCancelled   = "cancelled"
	ReasonStale       = "queue_timeout"
	ReasonNodeLost    = "node_lost"
	ReasonStuck       = "deadline_passed"
	ReasonSandbox     = "sandbox_error"
	ReasonTaskRefused = node.ReasonTaskRefused
	ReasonTaskInvalid = node.ReasonTaskInvalid
	ReasonFileGone    = node.ReasonFileGone
	ReasonFileUnread  = node.ReasonFileUnread
)

// Reasons lists the codes with which executions end, as the documentation does.
func Reasons() []string {
	return []string{
		ReasonExit, ReasonSignal, ReasonCompile, ReasonMemory, ReasonProcesses, ReasonDisk, ReasonOutput, ReasonWall, ReasonCPU, ReasonIdle,
		ReasonCancelled, ReasonStale, ReasonNodeLost, ReasonStuck, ReasonSandbox, ReasonTaskRefused, ReasonTaskInvalid, ReasonFileGone,
		ReasonFileUnread,
	}
}

// nodeReasons translates what nodes call an end to reason codes.
var nodeReasons = map[string]string{
	"wall": ReasonWall, "cpu": ReasonCPU, "memory": ReasonMemory, "output": ReasonOutput, "disk": ReasonDisk, "processes": ReasonProcesses,
	"compile": ReasonCompile, "idle": ReasonIdle, node.ReasonSandbox: ReasonSandbox,
}

// limitReasons are those that explainEnd puts into words with the run's limits.
var limitReasons = map[string]struct{}{ReasonWall: {}, ReasonCPU: {}, ReasonMemory: {}, ReasonDisk: {}, ReasonProcesses: {}}

// sized is a number of bytes, exact, in the largest unit that divides it.
func sized(bytes int64) string {
	unit := 0
	for ; unit < 3 && bytes >= 1024 && bytes%1024 == 0; unit++ {
		bytes /= 1024
	}
	return fmt.Sprintf("%d %s", bytes, [...]string{"bytes", "KiB", "MiB", "GiB"}[unit])
}

// timed is a time in milliseconds, exact, in the largest unit that divides it.
func timed(ms int64) string {
	unit, steps := 0, [...]int64{1000, 60, 60}
	for ; unit < len(steps) && ms >= steps[unit] && ms%steps[unit] == 0; unit++ {
		ms /= steps[unit]
	}
	return fmt.Sprintf("%d %s", ms, [...]string{"ms", "s", "min", "h"}[unit])
}

// explainEnd says why it ended, in a code and in words that name the limit.
func explainEnd(e Execution, r Result) (code, message string) {
	if _, limit := limitReasons[r.Reason]; limit && r.Detail != "" { // it was not the run's own
		return r.Reason, r.Detail
	}
	switch r.Reason {
	case ReasonWall:
		return r.Reason, fmt.Sprintf("It ran longer than its wall limit of %s.", timed(e.WallMS))
	case ReasonCPU:
		return r.Reason, fmt.Sprintf("It used more than its CPU limit of %s.", timed(e.CPUMS))
	case ReasonMemory:
		return r.Reason, fmt.Sprintf("It needed more than its memory limit of %s.", sized(e.MemoryBytes))
	case ReasonOutput:
		return r.Reason, fmt.Sprintf("It wrote far more than the %s of output that are kept.", sized(e.OutputBytes))
	case ReasonDisk:
		return r.Reason, fmt.Sprintf("It filled its disk limit of %s.", sized(e.DiskBytes))
	case ReasonProcesses:
		return r.Reason, fmt.Sprintf("It started more than %d processes.", e.Processes)
	case ReasonCompile:
		return r.Reason, "It did not compile. The compiler's words are on stderr."
	case ReasonIdle:
		return r.Reason, fmt.Sprintf("Nothing was written to it, and it wrote nothing, for the %s of execution.interactive.idle_ms.", r.Detail)
	case ReasonCancelled:
		return r.Reason, "It was cancelled."
	}
	switch {
	case r.Detail != "":
		return r.Reason, r.Detail
	case r.Signal != "":
		return ReasonSignal, fmt.Sprintf("It was ended by %s.", r.Signal)
	case r.ExitCode != nil && *r.ExitCode != 0:
		return ReasonExit, fmt.Sprintf("It ended with exit code %d.", *r.ExitCode)
	}
	return r.Reason, ""
}
