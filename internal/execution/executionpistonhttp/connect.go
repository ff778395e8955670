package executionpistonhttp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/execution/executionhttp"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// Why Piston closes a socket.
const (
	closeInitTwice websocket.StatusCode = 4000
	closeNoInit    websocket.StatusCode = 4001
	closeError     websocket.StatusCode = 4002
	closeTooSoon   websocket.StatusCode = 4003
	closeNotStdin  websocket.StatusCode = 4004
	closeSignal    websocket.StatusCode = 4005
	closeDone      websocket.StatusCode = 4999
)

const (
	// connectInit is how long a client may take to say what to run. Piston gives it a second.
	connectInit = 10 * time.Second
	// connectWrite is how long one message to a client may take.
	connectWrite = 10 * time.Second
	// connectPing is how often a silent client is asked whether it is there.
	connectPing = 20 * time.Second
)

// connect runs one program for as long as a socket is open.
func (h handlers) connect(ctx context.Context, _ *struct{}) (httpx.Serve, error) {
	if err := httpx.CheckOrigin(ctx); err != nil {
		return nil, refuse(err)
	}
	if _, err := h.slice.Runtimes(ctx, struct{}{}); err != nil { // a refusal must be a problem, not a socket
		return nil, refuse(err)
	}
	if err := httpx.CheckWebSocket(ctx); err != nil {
		return nil, refuse(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // the origin was checked above
		if err != nil {
			return // it has answered
		}
		conn.SetReadLimit(httpx.MaxBody)
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		t := &talk{h: h, conn: conn, over: make(chan struct{})}
		t.serve(ctx)
	}, nil
}

// talk is one client's socket, and the run that it asked for.
type talk struct {
	h    handlers
	conn *websocket.Conn

	runtime execution.Runtime
	run     execution.Execution // its ID is zero before init
	stdin   *execution.Writer
	over    chan struct{} // closed when the run needs nobody any more

	staged bool
	half   [2][]byte // of stdout and stderr: the beginning of a character whose rest is still to come
}

// said is a message of the client.
type said struct {
	Type   string `json:"type"` // init, data or signal
	Stream string `json:"stream"`
	Data   string `json:"data"`
	Signal string `json:"signal"`
	PistonRequest
}

// serve reads what the client says until it leaves or the run has ended. A run whose client has left is ended: nobody
// could come back to it.
func (t *talk) serve(ctx context.Context) {
	defer func() { _ = t.conn.CloseNow() }()
	late := time.AfterFunc(connectInit, func() { _ = t.conn.Close(closeNoInit, "Initialization Timeout") })
	defer late.Stop()
	for {
		_, b, err := t.conn.Read(ctx)
		if err != nil {
			break
		}
		var m said
		if err := json.Unmarshal(b, &m); err != nil {
			t.fail(ctx, wrong("the message is not what it should be: %v", err))
			break
		}
		if m.Type == "init" {
			late.Stop()
		}
		if !t.hear(ctx, m) {
			break
		}
	}
	select {
	case <-t.over:
		return
	default:
	}
	if !t.run.ID.IsZero() {
		_, _ = t.h.slice.Cancel(context.WithoutCancel(ctx), execution.Cancel{ID: t.run.ID}) // it may have ended just now
	}
}

// hear does what a message asks for, and tells whether the socket stays open.
func (t *talk) hear(ctx context.Context, m said) bool {
	begun := !t.run.ID.IsZero()
	why, reason := websocket.StatusCode(0), ""
	switch {
	case m.Type == "init" && begun:
		why, reason = closeInitTwice, "Already Initialized"
	case m.Type == "init":
		if err := t.begin(ctx, m.PistonRequest); err != nil {
			t.fail(ctx, err)
			return false
		}
	case m.Type != "data" && m.Type != "signal": // Piston passes over it too
	case !begun:
		why, reason = closeTooSoon, "Not yet initialized"
	case m.Type == "signal" && !slices.Contains(signals, m.Signal):
		why, reason = closeSignal, "Invalid signal"
	case m.Type == "signal":
		t.signal(ctx, m.Signal)
	case m.Stream != "stdin":
		why, reason = closeNotStdin, "Can only write to stdin"
	default:
		if _, err := t.stdin.Write(ctx, node.Input{Bytes: []byte(m.Data)}); err != nil && fault.Of(err).Code != "execution.ended" {
			t.complain(ctx, err)
		}
	}
	if why != 0 {
		_ = t.conn.Close(why, reason)
	}
	return why == 0
}

// begin submits the run, and follows it.
func (t *talk) begin(ctx context.Context, r PistonRequest) error {
	if err := r.check(); err != nil {
		return err
	}
	runtime, in, err := t.h.wanted(ctx, r)
	if err != nil {
		return err
	}
	in.Interactive = true
	if t.run, err = t.h.slice.Submit(ctx, in); err != nil {
		return refuse(err)
	}
	t.runtime, t.stdin = runtime, t.h.slice.WriterTo(t.run.ID)
	go t.follow(ctx)
	go t.ping(ctx)
	return nil
}

// follow tells the client what its run does, and closes the socket at the end.
func (t *talk) follow(ctx context.Context) {
	err := t.send(ctx, struct {
		Type     string `json:"type"`
		Language string `json:"language"`
		Version  string `json:"version"`
	}{"runtime", languageOf(t.runtime.Name).name, t.runtime.Version})
	var d execution.Details
	if err == nil {
		d, err = t.h.slice.Attached(ctx, execution.Get{ID: t.run.ID})
	}
	if err == nil {
		err = executionhttp.Follow(ctx, t.h.slice, d, func(name string, body any) error { return t.tell(ctx, name, body) })
	}
	if err == nil && ctx.Err() == nil {
		d, err = t.h.slice.Get(ctx, execution.Get{ID: t.run.ID})
	}
	switch {
	case ctx.Err() != nil: // the client has left
	case err != nil:
		t.fail(ctx, err)
	default:
		close(t.over)
		_ = t.send(ctx, exitOf(d))
		_ = t.conn.Close(closeDone, "Job Completed")
	}
}

// tell passes an event of the run on.
func (t *talk) tell(ctx context.Context, name string, body any) error {
	switch e := body.(type) {
	case executionhttp.Execution:
		if name == "status" && e.Status == string(execution.Running) {
			return t.stage(ctx)
		}
	case executionhttp.OutputEvent:
		if err := t.stage(ctx); err != nil {
			return err
		}
		half := &t.half[0]
		if e.Stream == "stderr" {
			half = &t.half[1]
		}
		b := append(*half, e.Bytes()...)
		n := whole(b)
		*half = slices.Clone(b[n:])
		if n > 0 {
			return t.send(ctx, struct {
				Type   string `json:"type"`
				Stream string `json:"stream"`
				Data   string `json:"data"`
			}{"data", e.Stream, text(b[:n])})
		}
	}
	return nil
}

// stage says once that the program runs.
func (t *talk) stage(ctx context.Context) error {
	if t.staged {
		return nil
	}
	t.staged = true
	return t.send(ctx, struct {
		Type  string `json:"type"`
		Stage string `json:"stage"`
	}{"stage", "run"})
}

// signal ends the run, which is all that can be done to it from outside.
func (t *talk) signal(ctx context.Context, name string) {
	var err error
	if slices.Contains(endings, name) {
		_, err = t.h.slice.Cancel(ctx, execution.Cancel{ID: t.run.ID})
	} else {
		err = fault.New(fault.Invalid, "piston.signal", "%s cannot be sent: programs are only ended from outside, by %s.", name, strings.Join(endings, ", "))
	}
	if err != nil && fault.Of(err).Code != "execution.ended" {
		t.complain(ctx, err)
	}
}

// complain says what was not done. The socket stays open.
func (t *talk) complain(ctx context.Context, err error) {
	p, ok := errors.AsType[refusal](err)
	if !ok {
		p, _ = errors.AsType[refusal](refuse(err))
	}
	_ = t.send(ctx, struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}{"error", p.Message}) // who does not get it has left
}

// fail says why there is no run, or no more of it.
func (t *talk) fail(ctx context.Context, err error) {
	t.complain(ctx, err)
	_ = t.conn.Close(closeError, "Notified Error")
}

func (t *talk) send(ctx context.Context, message any) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectWrite)
	defer cancel()
	return t.conn.Write(ctx, websocket.MessageText, b)
}

// ping finds out that a client has gone without a word.
func (t *talk) ping(ctx context.Context) {
	tick := time.NewTicker(connectPing)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		within, cancel := context.WithTimeout(ctx, connectWrite)
		err := t.conn.Ping(within)
		cancel()
		if err != nil {
			_ = t.conn.CloseNow()
			return
		}
	}
}
