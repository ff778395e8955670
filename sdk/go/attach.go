package stoa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"sync"
	"time"
)

// attachProtocol is the WebSocket subprotocol of attachments.
const attachProtocol = "stoa.attach.v1"

// ErrInputLost says that the connection broke while something was written: the program may or may not have got it, and
// it is not written again.
var ErrInputLost = errors.New("the connection broke; it is not known whether the program got what was written last")

// InputRefusal says that the program did not get what was written.
type InputRefusal struct {
	Code    string `json:"code"` // such as execution.input_closed
	Message string `json:"message"`
}

// Attachment is a connection to an interactive execution that follows it, as Watch does, and writes to it. Its methods may
// be called from anywhere; Events must be under way for the others to do anything.
type Attachment struct {
	c    *Client
	id   string
	mu   sync.Mutex
	conn *socket
	up   chan struct{} // closed while conn is there
	over chan struct{} // closed when Events has returned
}

// Attach prepares an attachment; Events connects it.
func (s *Executions) Attach(id string) *Attachment {
	return &Attachment{c: s.c, id: id, up: make(chan struct{}), over: make(chan struct{})}
}

// Events follows the execution until its result, across broken connections: every byte of output comes once, in order. A
// Refused says that something was not written. An error ends the sequence. It is to be called once.
func (a *Attachment) Events(ctx context.Context) iter.Seq2[ExecutionEvent, error] {
	return func(yield func(ExecutionEvent, error) bool) {
		defer close(a.over)
		var seen progress
		var last string
		for failures := 0; ; failures++ {
			got, done, err := a.connection(ctx, &last, &seen, yield)
			switch {
			case done:
				return
			case ctx.Err() != nil:
				yield(ExecutionEvent{}, context.Cause(ctx))
				return
			case got:
				failures = 0
			}
			wait, again := a.c.backoff(failures), true
			if refused, ok := errors.AsType[*Error](err); ok {
				wait, again = a.c.again(refused, failures)
			}
			if !again || failures >= maxFailures {
				yield(ExecutionEvent{}, err)
				return
			}
			a.c.waiting(err, wait)
			if err := a.c.sleep(ctx, wait); err != nil {
				yield(ExecutionEvent{}, err)
				return
			}
		}
	}
}

// connection follows one connection until it breaks. It tells whether anything came, and whether nothing more is wanted.
func (a *Attachment) connection(ctx context.Context, last *string, seen *progress, yield func(ExecutionEvent, error) bool) (got, done bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(a.c.idle, func() { cancel(errors.New("the connection went silent")) })
	defer watchdog.Stop()
	conn, err := a.c.socket(ctx, request{
		method: http.MethodGet, path: executionPath(a.id) + "/attach", query: query{}.set("last_event_id", *last).values(),
	}, attachProtocol)
	if err != nil {
		return false, false, err
	}
	defer conn.close()
	a.set(conn)
	defer a.set(nil)
	for {
		b, err := conn.read(func() { watchdog.Reset(a.c.idle) })
		if err != nil {
			return got, false, &unreachable{fmt.Errorf("read from %s: %w", a.id, err)}
		}
		got = true
		var message struct {
			Type string          `json:"type"`
			ID   string          `json:"id"`
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(b, &message); err != nil {
			return got, false, fmt.Errorf("decode message: %w", err)
		}
		if message.ID != "" {
			*last = message.ID
		}
		event, err := decodeExecutionEvent(frame{id: message.ID, event: message.Type, data: message.Data})
		if err != nil {
			return got, false, err
		}
		if !seen.admit(&event) {
			continue
		}
		if !yield(event, nil) || event.Type == Result {
			return got, true, nil
		}
	}
}

func (a *Attachment) set(conn *socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn = conn; conn != nil {
		close(a.up)
	} else {
		a.up = make(chan struct{})
	}
}

// Write gives p to the program's standard input, waiting for a connection if there is none. See ErrInputLost.
func (a *Attachment) Write(ctx context.Context, p []byte) error {
	const most = 32 << 10
	for len(p) > 0 {
		n := min(len(p), most)
		if err := a.send(ctx, opBinary, p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// Resize tells the program's terminal its size, in characters.
func (a *Attachment) Resize(ctx context.Context, columns, rows int) error {
	return a.order(ctx, map[string]any{"type": "resize", "columns": columns, "rows": rows})
}

// CloseInput ends the program's standard input.
func (a *Attachment) CloseInput(ctx context.Context) error {
	return a.order(ctx, map[string]any{"type": "close"})
}

func (a *Attachment) order(ctx context.Context, what map[string]any) error {
	b, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("encode order: %w", err)
	}
	return a.send(ctx, opText, b)
}

func (a *Attachment) send(ctx context.Context, kind byte, b []byte) error {
	for {
		a.mu.Lock()
		conn, up := a.conn, a.up
		a.mu.Unlock()
		if conn != nil {
			if err := conn.write(kind, b); err != nil {
				return fmt.Errorf("%w (%w)", ErrInputLost, err)
			}
			return nil
		}
		select {
		case <-up:
		case <-a.over:
			return ErrInputLost
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// WriteStdin gives bytes to an interactive execution's standard input in one request, and ends the input after them if end
// says so. It returns how many the program will get.
func (s *Executions) WriteStdin(ctx context.Context, id string, p []byte, end bool) (int, error) {
	q := query{}
	if end {
		q = q.set("close", "true")
	}
	var out struct {
		Bytes int `json:"bytes"`
	}
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: executionPath(id) + "/stdin", query: q.values(), raw: p}, &out)
	return out.Bytes, err
}

// Recording reads what was said, in asciicast v2. The caller closes it.
func (s *Executions) Recording(ctx context.Context, id string) (io.ReadCloser, error) {
	return s.raw(ctx, id, "recording")
}
