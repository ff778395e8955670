package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// follower shows an execution until it ends. The first interrupt cancels the execution, the second leaves it.
type follower struct {
	c      *call
	client *stoa.Client
	ctx    context.Context
	stop   func()
	quiet  bool // do not show output
	raw    bool // our terminal is the program's

	greeted bool // who else is attached was said

	mu        sync.Mutex
	id        string // empty until submitted
	cancelled bool
	line      bool // the status line is shown
}

// newFollower makes one. With leave, the first interrupt leaves the execution too.
func newFollower(c *call, client *stoa.Client, leave bool) *follower {
	f := &follower{c: c, client: client}
	ctx, cancel := context.WithCancelCause(c.ctx)
	f.ctx, f.stop = ctx, func() { cancel(nil) }
	go func() {
		select {
		case <-c.Signals:
			if f.interrupt(); leave {
				cancel(errInterrupted)
			}
		case <-ctx.Done():
			return
		}
		select {
		case <-c.Signals:
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	return f
}

// submitted carries out an interrupt that came before the id was known.
func (f *follower) submitted(id string) {
	f.mu.Lock()
	f.id = id
	cancelled := f.cancelled
	f.mu.Unlock()
	if cancelled {
		f.cancel(id)
	}
}

func (f *follower) interrupt() {
	f.mu.Lock()
	f.cancelled = true
	id := f.id
	f.mu.Unlock()
	if id != "" {
		f.cancel(id)
	}
}

// cancel asks for the end; that it has come is told by the stream.
func (f *follower) cancel(id string) {
	if _, err := f.client.Executions.Cancel(f.ctx, id); err != nil && !stoa.IsConflict(err) && f.ctx.Err() == nil {
		f.c.say("stoa: cannot cancel: %s", describe(err))
	}
}

// follow shows output as it comes and returns the ended execution.
func (f *follower) follow(id string) (*stoa.Execution, error) {
	return f.show(f.ctx, id, f.client.Executions.Watch(f.ctx, id))
}

func (f *follower) write(out *stoa.Output) error {
	if f.quiet {
		return nil
	}
	to := f.c.Stdout
	if out.Stream == "stderr" {
		to = f.c.Stderr
	}
	_, err := to.Write(out.Data)
	return err
}

// waiting is the status line of an execution that has not started.
func waiting(e *stoa.Execution) string {
	if e.Status != "queued" || e.QueuePosition == 0 {
		return ""
	}
	line := fmt.Sprintf("queued, position %d", e.QueuePosition)
	if e.QueueExplanation != "" {
		line += ": " + printable(e.QueueExplanation)
	}
	return line
}

// status shows one passing line on a terminal; empty takes it away.
func (f *follower) status(line string) {
	if !terminal(f.c.Stderr) || line == "" && !f.line {
		return
	}
	text := "\r\x1b[K"
	if line != "" {
		text += "stoa: " + line
	}
	f.line = line != ""
	_, _ = io.WriteString(f.c.Stderr, text) // a status line that is lost is no loss
}

// explain says on standard error what the exit code alone does not.
func (c *call) explain(e *stoa.Execution) {
	ownExit := e.ExitCode != nil && (e.Reason == nil || e.Reason.Code == "exit_code")
	switch {
	case e.Status == "completed", e.Status == "failed" && ownExit:
	case e.Reason != nil && e.Reason.Message != "" && e.Reason.Code != e.Status:
		c.say("stoa: %s: %s (%s)", strings.ReplaceAll(e.Status, "_", " "), strings.TrimSuffix(printable(e.Reason.Message), "."), e.Reason.Code)
	case e.Signal != "":
		c.say("stoa: %s: ended by %s", e.Status, e.Signal)
	default:
		c.say("stoa: %s", strings.ReplaceAll(e.Status, "_", " "))
	}
	if e.StdoutTruncated || e.StderrTruncated {
		c.say("stoa: the output was longer than its limit and is cut")
	}
}

// outcome is the exit code that tells the execution's end.
func outcome(e *stoa.Execution) error {
	switch {
	case e.Status == "completed":
		return nil
	case e.Status == "timed_out":
		return exit{exitTimedOut}
	case e.Status == "cancelled":
		return exit{exitInterrupted}
	case e.Status != "failed":
		return exit{exitError}
	case e.ExitCode != nil && *e.ExitCode != 0:
		return exit{int(*e.ExitCode)}
	case signalNumber(e.Signal) > 0:
		return exit{exitSignal + signalNumber(e.Signal)}
	}
	return exit{exitRefused}
}

// signalNumber reads "SIGKILL", "KILL" or "9"; zero if it is none of them.
func signalNumber(name string) int {
	if n, err := strconv.Atoi(name); err == nil {
		return n
	}
	return signals["SIG"+strings.TrimPrefix(strings.ToUpper(name), "SIG")]
}

// signals are the numbers of Linux, where scripts run, wherever the CLI does.
var signals = func() map[string]int {
	named := map[string]int{}
	for i, name := range strings.Fields("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS") {
		named["SIG"+name] = i + 1
	}
	return named
}()
