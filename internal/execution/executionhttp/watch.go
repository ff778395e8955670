package executionhttp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

type watchInput struct {
	ExecutionPath
	LastEventID string `header:"Last-Event-ID" maxLength:"128" doc:"Resumes after this event; output comes neither twice nor not at all."`
	From        string `query:"last_event_id" maxLength:"128" doc:"The same, for a first connection."`
}

func registerWatch(api huma.API, h handlers, tag string) {
	op := httpx.Operation("execution.watch", http.MethodGet, "/api/v1/executions/{id}/events", "Follow an execution live", tag)
	op.Description = "Server-Sent Events: `status` (the execution, without output; of an interactive one also when somebody comes or leaves), `output` " +
		"(`{attempt, seq, stream, offset, data | data_base64}`), `reset` (`{attempt}`: that attempt was lost, output starts over) and `result` " +
		"(the ended execution with its output), which is the last."
	httpx.RegisterRaw(api, op, "text/event-stream", h.watch)
}

func (h handlers) watch(ctx context.Context, in *watchInput) (httpx.Serve, error) {
	first, err := h.slice.Watch(ctx, execution.Get{ID: in.ID}) // a refusal must be a problem, not a stream
	if err != nil {
		return nil, err
	}
	from := in.LastEventID
	if from == "" {
		from = in.From
	}
	return func(w http.ResponseWriter, r *http.Request) {
		watch := &watch{slice: h.slice, look: h.slice.Watch, seen: parseSeen(from)}
		// The error is the client's going, its slowness, or a loss of the right to watch: all end the stream.
		_ = stream.ServeSSE(w, r, stream.Produce(r.Context(), func(ctx context.Context, send func(stream.Frame) error) error {
			watch.tell = frames(send)
			return watch.run(ctx, first)
		}), stream.SSE{})
	}, nil
}

// Follow tells an execution's writer what it does until its result, for APIs of other shapes: name is the type of an event of
// …/events, and body an [Execution], an [OutputEvent] or, of reset, neither. Output comes in order, and none of it twice. It
// returns early with the error of tell, or when the right to write is lost.
func Follow(ctx context.Context, slice *execution.Slice, first execution.Details, tell func(name string, body any) error) error {
	w := &watch{slice: slice, look: slice.Attached, writes: true, tell: func(_ seen, name string, body any) error { return tell(name, body) }}
	return w.run(ctx, first)
}

// seen is how much of an attempt's output a client has: bytes of each stream.
// It is the stream's event id, so a client resumes exactly, from whatever source.
type seen struct {
	attempt        int
	stdout, stderr int64
}

func (s seen) String() string { return fmt.Sprintf("%d-%d-%d", s.attempt, s.stdout, s.stderr) }

// parseSeen reads an event id; one that is not ours starts from the beginning.
func parseSeen(id string) seen {
	var s seen
	if _, err := fmt.Sscanf(id, "%d-%d-%d", &s.attempt, &s.stdout, &s.stderr); err != nil || s.stdout < 0 || s.stderr < 0 {
		return seen{}
	}
	return s
}

// watch follows one execution for one client: the row is the truth about its
// status, live frames bring output before it is stored, and the stored output
// fills in whatever did not come.
type watch struct {
	slice *execution.Slice
	look  command.Func[execution.Get, execution.Details] // the row, if the client may still see it
	tell  func(at seen, name string, body any) error
	seen  seen
	shown int64 // the version of the last status
	place int   // in the queue, as last shown

	started time.Time // that a live frame told before the row did; zero: none has

	writes   bool                   // the client may write to the program
	self     ident.ID               // the client among those who are attached; zero: it is not
	attached []execution.Attachment // as last shown
}

// backlog is how many live frames may wait for a client before some are dropped
// and asked for again.
const backlog = 256

// lookEvery is how often the row and the right to see it are looked at again,
// whatever was heard.
const lookEvery = 5 * time.Second

func (w *watch) run(ctx context.Context, d execution.Details) error {
	frames := make(chan execution.LiveFrame, backlog)
	missed := make(chan struct{}, 1)
	miss := func() {
		select {
		case missed <- struct{}{}:
		default:
		}
	}
	sub, err := w.slice.Live().Watch(d.ID, func(f execution.LiveFrame) {
		select {
		case frames <- f:
		default:
			miss()
		}
	}, miss)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Close() }()
	changed, stop := w.slice.Changed(d.ID)
	defer func() { stop() }()
	var here *execution.Presence
	if d.Interactive && !d.Status.Terminal() {
		here = w.slice.Join(ctx, d.ID, w.writes)
		defer here.Leave(ctx)
		w.self = here.ID
	}
	// Read again now that nothing can be missed any more.
	if d, err = w.look(ctx, execution.Get{ID: d.ID}); err != nil {
		return err
	}
	if ended, err := w.show(d); ended || err != nil {
		return err
	}
	if d.Status.Active() {
		w.slice.Live().AskReplay(d.ID)
	}
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	caller := ctx // as they were when they were last asked for
	for {
		select {
		case <-ctx.Done():
			return nil
		case f := <-frames:
			if f.Kind == execution.LiveAttached {
				break // look who
			}
			gap, err := w.frame(d, f)
			if err != nil {
				return err
			}
			if gap {
				miss()
			}
			continue
		case <-missed:
			w.slice.Live().AskReplay(d.ID)
			continue
		case <-changed:
			stop()
			changed, stop = w.slice.Changed(d.ID)
		case <-again.C:
			if caller, err = httpx.Again(ctx); err != nil {
				return err
			}
			if here != nil {
				here.Renew(ctx)
			}
		}
		if d, err = w.look(caller, execution.Get{ID: d.ID}); err != nil {
			return err
		}
		if ended, err := w.show(d); ended || err != nil {
			return err
		}
	}
}

// show tells the client what the row says, and tells whether that was the end.
func (w *watch) show(d execution.Details) (ended bool, err error) {
	if d.Attempt > w.seen.attempt {
		if err := w.restart(d.Attempt); err != nil {
			return false, err
		}
	}
	if d.Status.Terminal() {
		return true, w.finish(d)
	}
	if d.Version == w.shown && d.Position == w.place && sameCompany(d.Attached, w.attached) {
		return false, nil
	}
	w.shown, w.place, w.attached = d.Version, d.Position, d.Attached
	if d.Status == execution.Scheduled && !w.started.IsZero() {
		d.Status, d.StartedAt = execution.Running, &w.started // as was said before
	}
	return false, w.status(d)
}

// status sends the execution without what it got and wrote.
func (w *watch) status(d execution.Details) error {
	d.Output, d.Input = nil, nil
	dto := detailsDTO(d)
	for i := range dto.Attached {
		dto.Attached[i].You = dto.Attached[i].ID == w.self
	}
	return w.event("status", dto)
}

// restart moves to another attempt; what the client has of an earlier one is void.
func (w *watch) restart(attempt int) error {
	before := w.seen
	w.seen, w.started = seen{attempt: attempt}, time.Time{}
	if before.stdout+before.stderr == 0 {
		return nil
	}
	return w.event("reset", struct {
		Attempt int `json:"attempt"`
	}{before.attempt})
}

// finish sends the stored output that the client lacks, in the order in which it was written, and the result.
func (w *watch) finish(d execution.Details) error {
	if out := d.Output; out != nil {
		var stdout, stderr int64
		for _, run := range out.Layout {
			f := execution.LiveFrame{Kind: execution.LiveOutput, Attempt: d.Attempt, Seq: -1, Stderr: run < 0}
			if f.Stderr {
				f.Offset, f.Bytes = stderr, out.Stderr[stderr:stderr-int64(run)]
				stderr -= int64(run)
			} else {
				f.Offset, f.Bytes = stdout, out.Stdout[stdout:stdout+int64(run)]
				stdout += int64(run)
			}
			if _, err := w.output(f); err != nil {
				return err
			}
		}
	}
	return w.event("result", detailsDTO(d))
}

// frame handles a live frame and tells whether something before it is missing.
func (w *watch) frame(d execution.Details, f execution.LiveFrame) (gap bool, err error) {
	if f.Attempt != w.seen.attempt {
		return false, nil // the row will say so
	}
	switch f.Kind {
	case execution.LiveStarted:
		if d.Status != execution.Scheduled || !w.started.IsZero() {
			return false, nil
		}
		w.started = f.At
		d.Status, d.StartedAt = execution.Running, &f.At
		return false, w.status(d)
	case execution.LiveOutput:
		return w.output(f)
	default:
		return false, nil
	}
}

// OutputEvent is a piece of output.
type OutputEvent struct {
	Attempt    int    `json:"attempt"`
	Seq        int64  `json:"seq"`
	Stream     string `json:"stream"`
	Offset     int64  `json:"offset"`
	Data       string `json:"data,omitempty"`
	DataBase64 string `json:"data_base64,omitempty"`
}

// Bytes are what was written.
func (o OutputEvent) Bytes() []byte {
	if o.DataBase64 == "" {
		return []byte(o.Data)
	}
	b, _ := base64.StdEncoding.DecodeString(o.DataBase64) // it was encoded below
	return b
}

func (w *watch) output(f execution.LiveFrame) (gap bool, err error) {
	have, name := &w.seen.stdout, "stdout"
	if f.Stderr {
		have, name = &w.seen.stderr, "stderr"
	}
	switch end := f.Offset + int64(len(f.Bytes)); {
	case f.Offset > *have:
		return true, nil
	case end <= *have:
		return false, nil // it came before
	default:
		f.Bytes = f.Bytes[*have-f.Offset:]
		f.Offset, *have = *have, end
	}
	event := OutputEvent{Attempt: f.Attempt, Seq: f.Seq, Stream: name, Offset: f.Offset}
	if utf8.Valid(f.Bytes) {
		event.Data = string(f.Bytes)
	} else {
		event.DataBase64 = base64.StdEncoding.EncodeToString(f.Bytes)
	}
	return false, w.event("output", event)
}

func (w *watch) event(name string, body any) error { return w.tell(w.seen, name, body) }

// frames sends each event as JSON.
func frames(send func(stream.Frame) error) func(seen, string, any) error {
	return func(at seen, name string, body any) error {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode %s event: %w", name, err)
		}
		return send(stream.Frame{ID: at.String(), Event: name, Data: data})
	}
}
