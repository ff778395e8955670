package executionhttp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

const (
	attachProtocol = "stoa.attach.v1"
	// maxAttachFrame bounds one message of a client, in bytes. The next one is read when this one was given to the program.
	maxAttachFrame = 64 << 10
	// attachWrite is how long one message to a client may take; who is slower attaches again and resumes.
	attachWrite = 10 * time.Second
	// attachPing is how often a silent client is asked whether it is there.
	attachPing = 20 * time.Second
)

type attachInput struct {
	ExecutionPath
	From string `query:"last_event_id" maxLength:"128" doc:"Resumes after this event; output comes neither twice nor not at all."`
}

func (h handlers) attach(ctx context.Context, in *attachInput) (httpx.Serve, error) {
	if err := httpx.CheckOrigin(ctx); err != nil {
		return nil, err
	}
	if _, err := h.slice.Attach(ctx, execution.Attach{ID: in.ID}); err != nil { // a refusal must be a problem, not a socket
		return nil, err
	}
	first, err := h.slice.Attached(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	if err := httpx.CheckWebSocket(ctx); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
			Subprotocols: []string{attachProtocol}, InsecureSkipVerify: true, // the origin was checked above, as for all that writes
		})
		if err != nil {
			return // it has answered
		}
		conn.SetReadLimit(maxAttachFrame)
		a := &attachment{conn: conn, slice: h.slice, watch: &watch{slice: h.slice, look: h.slice.Attached, writes: true, seen: parseSeen(in.From)}}
		a.serve(r.Context(), first)
	}, nil
}

// attachment is one client's socket: what the execution does, as in watch, and what the client writes.
type attachment struct {
	conn  *websocket.Conn
	slice *execution.Slice
	watch *watch
}

// attachMessage is what the server says.
type attachMessage struct {
	Type string          `json:"type"`
	ID   string          `json:"id,omitempty"`
	Data json.RawMessage `json:"data"`
}

// attachOrder is what the client says beside input.
type attachOrder struct {
	Type    string `json:"type"` // "resize" or "close"
	Columns int    `json:"columns"`
	Rows    int    `json:"rows"`
}

// serve ends when the execution or the client does. Closing the socket ends the reader.
func (a *attachment) serve(ctx context.Context, first execution.Details) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sub := stream.Produce(ctx, func(ctx context.Context, send func(stream.Frame) error) error {
		a.watch.tell = frames(send)
		return a.watch.run(ctx, first)
	})
	defer sub.Close()
	refused := make(chan stream.Frame, 1)
	go func() {
		defer cancel()
		a.read(ctx, first, refused)
	}()
	ping := time.NewTicker(attachPing)
	defer ping.Stop()
	for {
		var f stream.Frame
		open := true
		select {
		case f, open = <-sub.C:
		case f = <-refused:
		case <-ping.C:
			if a.within(ctx, a.conn.Ping) != nil {
				_ = a.conn.CloseNow()
				return
			}
			continue
		case <-ctx.Done():
			_ = a.conn.Close(websocket.StatusGoingAway, "")
			return
		}
		if !open {
			a.end(sub.Err())
			return
		}
		message, err := json.Marshal(attachMessage{f.Event, f.ID, f.Data})
		if err == nil {
			err = a.within(ctx, func(ctx context.Context) error { return a.conn.Write(ctx, websocket.MessageText, message) })
		}
		if err != nil {
			_ = a.conn.CloseNow() // it left, or is too slow
			return
		}
	}
}

func (a *attachment) within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, attachWrite)
	defer cancel()
	return do(ctx)
}

// end says why there is no more: the result was sent, or the client may no longer be here.
func (a *attachment) end(err error) {
	switch kind := fault.KindOf(err); {
	case err == nil:
		_ = a.conn.Close(websocket.StatusNormalClosure, "")
	case kind == fault.NotFound || kind == fault.Denied || kind == fault.Unauthenticated:
		_ = a.conn.Close(websocket.StatusPolicyViolation, "You may no longer be attached.")
	default:
		_ = a.conn.Close(websocket.StatusTryAgainLater, "Attach again.")
	}
}

// read gives the program what the client writes. Each message waits until the one before was given, so a program that
// does not read holds up its writer, and nobody else.
func (a *attachment) read(ctx context.Context, d execution.Details, refused chan<- stream.Frame) {
	to := a.slice.WriterTo(d.ID)
	for {
		kind, b, err := a.conn.Read(ctx)
		if err != nil {
			return
		}
		in := node.Input{Bytes: b}
		if kind == websocket.MessageText {
			if in, err = order(b); err != nil {
				_ = a.conn.Close(websocket.StatusUnsupportedData, err.Error())
				return
			}
		}
		if _, err = to.Write(ctx, in); err == nil {
			continue
		}
		p, ok := errors.AsType[*httpx.ProblemDetails](httpx.Problem(err))
		if !ok {
			return
		}
		data, err := json.Marshal(struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}{p.Code, p.Detail})
		if err != nil {
			return
		}
		select {
		case refused <- stream.Frame{Event: "refused", Data: data}:
		case <-ctx.Done():
			return
		}
	}
}

var errOrder = errors.New("expected resize with columns and rows from 1 to 1000, or close")

func order(b []byte) (node.Input, error) {
	var o attachOrder
	if err := json.Unmarshal(b, &o); err != nil {
		return node.Input{}, errOrder
	}
	switch size := (execution.Terminal{Columns: o.Columns, Rows: o.Rows}); {
	case o.Type == "close":
		return node.Input{End: true}, nil
	case o.Type == "resize" && size.Valid():
		return node.Input{Size: &node.TerminalSize{Columns: o.Columns, Rows: o.Rows}}, nil
	}
	return node.Input{}, errOrder
}
