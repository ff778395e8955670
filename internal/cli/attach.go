package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"golang.org/x/term"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// detachKey leaves a terminal and what runs in it: Ctrl-], as telnet has it.
const detachKey = 0x1d

// Sizes of a terminal when ours has none.
const (
	usualColumns = 80
	usualRows    = 24
)

// attach follows an interactive execution and gives it what is typed here. With raw, our terminal is the program's: keys
// go to it as they are.
func (f *follower) attach(id string, raw bool) (*stoa.Execution, error) {
	a := f.client.Executions.Attach(id)
	ctx, cancel := context.WithCancelCause(f.ctx)
	defer cancel(nil)
	if f.raw = raw; raw {
		restore, err := f.makeRaw(ctx, a)
		if err != nil {
			return nil, err
		}
		defer restore()
	}
	go f.keys(ctx, a, raw, func() { cancel(errDetached) })
	ended, err := f.show(ctx, id, a.Events(ctx))
	if errors.Is(context.Cause(ctx), errDetached) {
		return nil, fmt.Errorf("%w: execution %s goes on", errDetached, id)
	}
	return ended, err
}

var errDetached = errors.New("detached")

// makeRaw makes our terminal pass on every key, and its size. What it returns makes it as it was.
func (f *follower) makeRaw(ctx context.Context, a *stoa.Attachment) (restore func(), err error) {
	before, err := term.MakeRaw(int(os.Stdin.Fd()))
	if err != nil {
		return nil, fmt.Errorf("prepare the terminal: %w", err)
	}
	f.c.say("stoa: attached; Ctrl-] leaves it running\r")
	go func() {
		resized, stop := onResize()
		defer stop()
		for {
			if columns, rows, ok := ownSize(); ok {
				_ = a.Resize(ctx, columns, rows) // the next one says it again
			}
			select {
			case <-resized:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { _ = term.Restore(int(os.Stdin.Fd()), before) }, nil
}

// keys gives the program what comes from our standard input, to its end. Errors are those of a connection or a program
// that has gone, which the events tell too.
func (f *follower) keys(ctx context.Context, a *stoa.Attachment, raw bool, detach func()) {
	b := make([]byte, 32<<10)
	for {
		n, err := f.c.Stdin.Read(b)
		typed := b[:n]
		at := bytes.IndexByte(typed, detachKey)
		if leave := raw && at >= 0; leave {
			typed = typed[:at]
			defer detach()
			err = errDetached
		}
		if len(typed) > 0 {
			if wrong := a.Write(ctx, typed); wrong != nil && ctx.Err() == nil {
				f.c.say("stoa: %s", wrong)
			}
		}
		if errors.Is(err, io.EOF) {
			_ = a.CloseInput(ctx)
		}
		if err != nil {
			return
		}
	}
}

// ownSize is our terminal's size.
func ownSize() (columns, rows int, ok bool) {
	columns, rows, err := term.GetSize(int(os.Stdout.Fd()))
	return columns, rows, err == nil && columns > 0 && rows > 0
}

// show shows what an execution does until its end.
func (f *follower) show(ctx context.Context, id string, events iter.Seq2[stoa.ExecutionEvent, error]) (*stoa.Execution, error) {
	for event, err := range events {
		if err != nil {
			f.status("")
			if ctx.Err() != nil {
				return nil, fmt.Errorf("%w: execution %s is left as it is", errInterrupted, id)
			}
			return nil, fmt.Errorf("execution %s: %w", id, err)
		}
		switch event.Type {
		case stoa.Status:
			f.greet(event.Execution)
			f.status(waiting(event.Execution))
		case stoa.OutputFrame:
			f.status("")
			if err := f.write(event.Output); err != nil {
				f.cancel(id)
				return nil, fmt.Errorf("write output: %w", err)
			}
		case stoa.InputRefused:
			if event.Refused.Code != "execution.ended" { // the result says so
				f.c.say("stoa: %s", printable(event.Refused.Message))
			}
		case stoa.Reset:
			f.status("")
			f.c.say("stoa: the run was lost with its node and starts from the beginning")
		case stoa.Result:
			f.status("")
			return event.Execution, nil
		}
	}
	return nil, fmt.Errorf("execution %s: the stream ended without a result", id)
}
