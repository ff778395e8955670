package agent

import (
	"errors"
	"sync/atomic"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// dialogue is what an interactive run has beyond others: input that comes while it runs, perhaps a
// terminal and a recording, and an end when nobody says anything any more.
type dialogue struct {
	in       *input
	terminal *sandbox.Terminal // nil: its standard streams are pipes
	cast     *cast             // nil: it is not recorded
	idle     time.Duration
	alarm    atomic.Pointer[time.Timer] // nil until begin
}

// maxTerminal is the most columns, and the most rows, of a terminal.
const maxTerminal = 1000

func terminalSize(s *agentv1.TerminalSize) (columns, rows uint16, err error) {
	c, r := s.GetColumns(), s.GetRows()
	if c < 1 || c > maxTerminal || r < 1 || r > maxTerminal {
		return 0, 0, errors.New("a terminal of that size makes no sense")
	}
	return uint16(c), uint16(r), nil
}

// converse makes the job an interactive one, if its task says so.
func converse(t *agentv1.Task, x *task, job *sandbox.Job) error {
	asked := t.GetExecution().GetInteractive()
	if asked == nil {
		return nil
	}
	d := &dialogue{in: newInput(t.GetExecution().GetStdin()), idle: time.Duration(asked.GetIdleMs()) * time.Millisecond}
	if d.idle <= 0 || d.idle > maxDuration {
		return errors.New("its idle limit makes no sense")
	}
	var columns, rows uint16
	if size := asked.GetTerminal(); size != nil {
		var err error
		if columns, rows, err = terminalSize(size); err != nil {
			return err
		}
		d.terminal = sandbox.NewTerminal(columns, rows)
		job.Terminal = d.terminal
		if job.Env["TERM"] == "" {
			if job.Env == nil {
				job.Env = map[string]string{}
			}
			job.Env["TERM"] = "xterm-256color"
		}
	}
	if most := asked.GetRecordBytes(); most > 0 {
		d.cast = newCast(columns, rows, most, time.Now)
	}
	job.Stdin = d.in
	x.talk = d
	return nil
}

// take hands on what came for the program.
func (d *dialogue) take(m *agentv1.Input) (taken int, state string) {
	if columns, rows, err := terminalSize(m.GetSize()); err == nil && d.terminal != nil {
		d.terminal.Resize(columns, rows)
		d.cast.resized(columns, rows)
	}
	if len(m.GetBytes()) == 0 && !m.GetEnd() {
		return 0, inputOpen
	}
	taken, state = d.in.offer(m.GetBytes(), m.GetEnd())
	if d.terminal == nil { // a terminal's echo says what is to be seen, and passwords are not
		d.cast.typed(m.GetBytes()[:taken])
	}
	d.heard()
	return taken, state
}

// begin starts the clock of its silence, which calls end.
func (d *dialogue) begin(end func()) {
	if d != nil {
		d.alarm.Store(time.AfterFunc(d.idle, end))
	}
}

// heard says that somebody said something.
func (d *dialogue) heard() {
	if alarm := d.alarm.Load(); alarm != nil {
		alarm.Reset(d.idle)
	}
}

// said is what the program wrote.
func (d *dialogue) said(stream sandbox.Stream, b []byte) {
	if d != nil {
		d.cast.printed(stream, b)
		d.heard()
	}
}

// over ends it, and returns the recording, if there is one.
func (d *dialogue) over() []byte {
	if d == nil {
		return nil
	}
	d.alarm.Load().Stop()
	_ = d.in.Close()
	return d.cast.end()
}
