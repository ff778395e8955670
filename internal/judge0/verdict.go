package judge0

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// Status is one of Judge0's.
type Status int

// Judge0's statuses (app/enumerations/status.rb). ExecFormatError is listed and
// never given: Judge0 itself gives it no more since it starts programs by a shell.
const (
	InQueue Status = iota + 1
	Processing
	Accepted
	WrongAnswer
	TimeLimitExceeded
	CompilationError
	SIGSEGV
	SIGXFSZ
	SIGFPE
	SIGABRT
	NZEC
	OtherError
	InternalError
	ExecFormatError
)

var descriptions = [...]string{
	InQueue: "In Queue", Processing: "Processing", Accepted: "Accepted", WrongAnswer: "Wrong Answer", TimeLimitExceeded: "Time Limit Exceeded",
	CompilationError: "Compilation Error", SIGSEGV: "Runtime Error (SIGSEGV)", SIGXFSZ: "Runtime Error (SIGXFSZ)", SIGFPE: "Runtime Error (SIGFPE)",
	SIGABRT: "Runtime Error (SIGABRT)", NZEC: "Runtime Error (NZEC)", OtherError: "Runtime Error (Other)", InternalError: "Internal Error",
	ExecFormatError: "Exec Format Error",
}

// Statuses lists them all.
func Statuses() []Status {
	all := make([]Status, 0, ExecFormatError)
	for s := InQueue; s <= ExecFormatError; s++ {
		all = append(all, s)
	}
	return all
}

func (s Status) String() string { return descriptions[s] }

// Ended tells whether nothing more will come.
func (s Status) Ended() bool { return s > Processing }

// Verdict is how a submission stands. Nil is Judge0's null.
type Verdict struct {
	Status        Status
	Stdout        []byte
	Stderr        []byte
	CompileOutput []byte
	Message       *string
	ExitCode      *int
	ExitSignal    *int
	Seconds       *float64 // of CPU
	WallSeconds   *float64
	Kilobytes     *int64 // of memory, at most
}

// Judge says how an execution ended, as Judge0 would (app/jobs/isolate_job.rb).
func (s Submission) Judge(d execution.Details) Verdict {
	switch {
	case d.Status == execution.Queued:
		return Verdict{Status: InQueue}
	case !d.Status.Terminal():
		return Verdict{Status: Processing}
	case d.ReasonCode == execution.ReasonCompile:
		v := Verdict{Status: CompilationError}
		if d.Output != nil {
			v.CompileOutput = orNil(d.Output.Interleaved())
		}
		return v
	}
	v := Verdict{Status: s.status(d), ExitCode: d.ExitCode}
	if d.Output != nil {
		v.Stdout, v.Stderr = orNil(d.Output.Stdout), orNil(d.Output.Stderr)
		if s.Asked.RedirectStderr {
			v.Stdout, v.Stderr = orNil(d.Output.Interleaved()), nil
		}
	}
	if d.UsedWallUS != nil {
		kilobytes := *d.PeakMemory / 1024
		v.Seconds, v.WallSeconds, v.Kilobytes = new(float64(*d.UsedCPUUS)/1e6), new(float64(*d.UsedWallUS)/1e6), &kilobytes
	}
	if n := unix.SignalNum(d.Signal); n > 0 {
		v.ExitSignal = new(int(n))
	}
	if v.ExitCode == nil && v.Status != InternalError {
		v.ExitCode = new(0)
	}
	if v.Status == Accepted && s.Expected != nil && !sameText(s.Expected, v.Stdout) {
		v.Status = WrongAnswer
	}
	if m := s.message(d, v); m != "" {
		v.Message = &m
	}
	return v
}

func (s Submission) status(d execution.Details) Status {
	switch {
	case d.Status == execution.TimedOut, d.ReasonCode == execution.ReasonCPU, s.overtime(d):
		return TimeLimitExceeded
	case d.Status == execution.Completed:
		return Accepted
	case d.Status != execution.Failed:
		return InternalError
	case d.ReasonCode == execution.ReasonOutput, d.ReasonCode == execution.ReasonDisk:
		return SIGXFSZ
	case d.ReasonCode == execution.ReasonExit:
		return NZEC
	}
	if s, ok := map[string]Status{"SIGSEGV": SIGSEGV, "SIGXFSZ": SIGXFSZ, "SIGFPE": SIGFPE, "SIGABRT": SIGABRT}[d.Signal]; ok {
		return s
	}
	return OtherError
}

// overtime tells whether a program that ended well lived on its extra time.
func (s Submission) overtime(d execution.Details) bool {
	return d.Status == execution.Completed && s.Asked.CPUTimeLimit != nil && *s.Asked.CPUTimeLimit > 0 &&
		d.UsedCPUUS != nil && float64(*d.UsedCPUUS) > *s.Asked.CPUTimeLimit*1e6
}

// message is in isolate's words where it has some: programs look for them. Limits
// that it does not know are named in ours.
func (s Submission) message(d execution.Details, v Verdict) string {
	switch {
	case d.ReasonCode == execution.ReasonWall:
		return "Time limit exceeded (wall clock)"
	case v.Status == TimeLimitExceeded:
		return "Time limit exceeded"
	case d.ReasonCode == execution.ReasonExit && d.ExitCode != nil:
		return fmt.Sprintf("Exited with error status %d", *d.ExitCode)
	case d.ReasonCode == execution.ReasonSignal && v.ExitSignal != nil:
		return fmt.Sprintf("Caught fatal signal %d", *v.ExitSignal)
	}
	return d.ReasonMessage
}

// sameText compares as Judge0 does: blanks at the ends of lines and of the whole do not count.
func sameText(a, b []byte) bool { return strip(a) == strip(b) }

const blanks = " \t\n\v\f\r\x00"

func strip(text []byte) string {
	var out strings.Builder
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		out.Write(bytes.TrimRight(line, blanks))
		out.WriteByte('\n')
	}
	return strings.TrimRight(out.String(), blanks)
}

func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
