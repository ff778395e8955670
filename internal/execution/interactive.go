package execution

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Interactive is how one execution gets input while it runs.
type Interactive struct {
	Columns     int   `db:"columns"` // of its terminal; zero: its standard streams are pipes
	Rows        int   `db:"rows"`
	IdleMS      int64 `db:"idle_ms"`      // how long it may go on with neither input nor output
	RecordBytes int64 `db:"record_bytes"` // how much of a recording is kept; zero: there is none
}

// Terminal is a terminal's size, in characters.
type Terminal struct {
	Columns int `json:"columns"`
	Rows    int `json:"rows"`
}

// maxTerminal is the most columns, and the most rows, of a terminal.
const maxTerminal = 1000

// Valid tells whether a terminal can have this size.
func (t Terminal) Valid() bool {
	return t.Columns >= 1 && t.Columns <= maxTerminal && t.Rows >= 1 && t.Rows <= maxTerminal
}

// checkInteractive finds what does not go together.
func (c Submit) checkInteractive(bad *fault.Error) {
	if c.Terminal != nil && !c.Terminal.Valid() {
		bad.At("body.terminal", "must have 1 to 1000 columns and 1 to 1000 rows")
	}
	if c.Record && !c.wantsInput() {
		bad.At("body.record", "is for interactive executions: set interactive, or terminal")
	}
}

// wantsInput tells whether the run gets input while it runs. A terminal alone says so.
func (c Submit) wantsInput() bool { return c.Interactive || c.Terminal != nil }

// interactive decides how a run gets input while it runs; nil where it does not.
func (s *Slice) interactive(ctx context.Context, q pg.Querier, who Subject, in Submit) (*Interactive, error) {
	if !in.wantsInput() {
		return nil, nil //nolint:nilnil // most runs get all their input with their task
	}
	idle, err := s.limits.Int(ctx, q, "execution.interactive.idle_ms", who)
	if err != nil {
		return nil, err
	}
	talk := &Interactive{IdleMS: idle.Int()}
	if in.Terminal != nil {
		talk.Columns, talk.Rows = in.Terminal.Columns, in.Terminal.Rows
	}
	if !in.Record {
		return talk, nil
	}
	most, err := s.limits.Int(ctx, q, "execution.recording.max_bytes", who)
	if err != nil {
		return nil, err
	}
	if most.Int() == 0 {
		return nil, most.Refuse("execution.recording_not_allowed", "Recordings are not allowed here. An administrator can allow them.")
	}
	talk.RecordBytes = most.Int()
	return talk, nil
}

// Terminal is the size of its terminal as it was asked for; nil without one.
func (i *Interactive) Terminal() *Terminal {
	if i == nil || i.Columns == 0 {
		return nil
	}
	return &Terminal{i.Columns, i.Rows}
}

// taskInteractive is the same as nodes get it.
func taskInteractive(i *Interactive) *node.Interactive {
	if i == nil {
		return nil
	}
	return &node.Interactive{
		Terminal: sizeOf(i.Terminal()), Idle: time.Duration(i.IdleMS) * time.Millisecond, RecordBytes: i.RecordBytes,
	}
}

func sizeOf(t *Terminal) *node.TerminalSize {
	if t == nil {
		return nil
	}
	return &node.TerminalSize{Columns: t.Columns, Rows: t.Rows}
}

func noTerminal(c Class) error {
	return fault.New(fault.Invalid, "execution.class_without_terminal",
		"Isolation class %s gives no terminal. Run with interactive alone, or in another class.", c).At("body.class", "gives no terminal")
}

// errNotInteractive is for input to what takes none.
func errNotInteractive() error {
	return fault.New(fault.Conflict, "execution.not_interactive",
		"This execution takes no input while it runs. Submit it with interactive or terminal.")
}

// takesInput refuses an execution that never takes input, or no longer.
func (e *Execution) takesInput() error {
	switch {
	case !e.Interactive:
		return errNotInteractive()
	case e.Status.Terminal():
		return fault.New(fault.Conflict, "execution.ended", "This execution has ended: %s.", e.Status)
	}
	return nil
}

// InputTaken hears from a node what became of an input. node.InputUser.
func (s *Slice) InputTaken(_ context.Context, from ident.ID, _ node.TaskRef, r node.InputTaken) {
	s.inputs.taken(from, r)
}
