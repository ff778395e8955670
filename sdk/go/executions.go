package stoa

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Executions runs scripts.
type Executions struct{ c *Client }

// ExecutionFilter narrows a list; what is empty does not narrow.
type ExecutionFilter struct {
	ProjectID string
	Status    string // queued, scheduled, running, completed, failed, timed_out, cancelled, error; several with commas
	Runtime   string
	Script    string    // a saved script's id, or its name in the project, "hello" or "hello@2"
	Owner     string    // "me" or a user's id
	From, To  time.Time // of submission, To not included; zero: any
	PageSize  int       // how many are asked for at once; zero: the server's default
}

// maxWait is the longest that one request is kept open for a result.
const maxWait = 30 * time.Second

// Ended tells that the execution has its result.
func (e *Execution) Ended() bool { return e.EndedAt != nil }

// Submit accepts a run and returns at once.
func (s *Executions) Submit(ctx context.Context, in ExecutionRequest) (*Execution, error) {
	return s.submit(ctx, in, 0)
}

// SubmitBatch accepts several runs, each for itself: an item of the answer is an execution or the reason why not.
func (s *Executions) SubmitBatch(ctx context.Context, in []ExecutionRequest) ([]BatchItem, error) {
	body := ExecutionBatchRequest{Executions: in}
	var out page[BatchItem]
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/executions/batch", body: body}, &out)
	return out.Items, err
}

// Run submits and waits for the end, at most for wait (zero: until ctx is done). What has not ended by then is
// returned as it is: see Ended.
func (s *Executions) Run(ctx context.Context, in ExecutionRequest, wait time.Duration) (*Execution, error) {
	first := maxWait
	if wait > 0 {
		first = min(wait, maxWait)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, wait+5*time.Second) // the server keeps the time; this is for a server that does not answer
		defer cancel()
	}
	e, err := s.submit(ctx, in, first)
	if err != nil || e.Ended() || wait > 0 && wait <= first {
		return e, err
	}
	watch, stop := ctx, context.CancelFunc(func() {})
	if wait > 0 {
		watch, stop = context.WithTimeout(ctx, wait-first)
	}
	defer stop()
	for event, err := range s.Watch(watch, e.ID) {
		switch {
		case err != nil && watch.Err() != nil && ctx.Err() == nil:
			return s.Get(ctx, e.ID)
		case err != nil:
			return e, err
		case event.Execution != nil:
			e = event.Execution
		}
	}
	return e, nil
}

func (s *Executions) submit(ctx context.Context, in ExecutionRequest, wait time.Duration) (*Execution, error) {
	header := http.Header{}
	if wait > 0 {
		header.Set("Prefer", "wait="+strconv.Itoa(int(max(wait, time.Second)/time.Second)))
	}
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/executions", body: in, header: header}, &e)
	return &e, err
}

// Get reads one execution with its input and output.
func (s *Executions) Get(ctx context.Context, id string) (*Execution, error) {
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: executionPath(id)}, &e)
	return &e, err
}

// List gives executions, newest first.
func (s *Executions) List(ctx context.Context, f ExecutionFilter) iter.Seq2[Execution, error] {
	q := query{}.set("project_id", f.ProjectID).set("status", f.Status).set("runtime", f.Runtime).set("script", f.Script).set("owner", f.Owner).time("from", f.From).time("to", f.To).size(f.PageSize)
	return items[Execution](ctx, s.c, "/executions", q.values())
}

// Stdout reads the stored standard output byte for byte. The caller closes it.
func (s *Executions) Stdout(ctx context.Context, id string) (io.ReadCloser, error) {
	return s.raw(ctx, id, "stdout")
}

// Stderr reads the stored standard error byte for byte. The caller closes it.
func (s *Executions) Stderr(ctx context.Context, id string) (io.ReadCloser, error) {
	return s.raw(ctx, id, "stderr")
}

func (s *Executions) raw(ctx context.Context, id, stream string) (io.ReadCloser, error) {
	resp, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: executionPath(id) + "/" + stream})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// SetEgress gives an execution that has network access another list of destinations, the whole one; none admits nothing.
func (s *Executions) SetEgress(ctx context.Context, id string, allow []string) (*Execution, error) {
	body := ExecutionEgressUpdateRequest{Allow: append([]string{}, allow...)}
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodPut, path: executionPath(id) + "/egress", body: body}, &e)
	return &e, err
}

// Cancel asks for the end of an execution; what has ended stays as it is.
func (s *Executions) Cancel(ctx context.Context, id string) (*Execution, error) {
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: executionPath(id) + "/cancel"}, &e)
	return &e, err
}

// Retry submits the same run again, as a new execution linked to the old.
func (s *Executions) Retry(ctx context.Context, id string) (*Execution, error) {
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: executionPath(id) + "/retry"}, &e)
	return &e, err
}

// Delete forgets an execution that has ended, with its output.
func (s *Executions) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: executionPath(id)}, nil)
	return err
}

// Queue tells how much waits and runs.
func (s *Executions) Queue(ctx context.Context) (*Queue, error) {
	var q Queue
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/executions/queue"}, &q)
	return &q, err
}

func executionPath(id string) string { return "/executions/" + url.PathEscape(id) }
