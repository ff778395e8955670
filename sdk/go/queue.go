package stoa

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// OverFilter says of what somebody looks over several projects; what is empty does not narrow. Operators may leave
// the organization out, its administrators may not.
type OverFilter struct {
	OrganizationID string
	ProjectID      string
	UserID         string
	Priority       string    // critical, high, normal, low, background
	Status         string    // of ListAll: queued, scheduled, running, completed, failed, timed_out, cancelled, error; several with commas
	Runtime        string    // of ListAll
	From, To       time.Time // of ListAll: of submission, To not included; zero: any
	PageSize       int       // how many are asked for at once; zero: the server's default
}

func (f OverFilter) query() query {
	return query{}.set("organization_id", f.OrganizationID).set("project_id", f.ProjectID).set("user_id", f.UserID).
		set("priority", f.Priority).set("status", f.Status).set("runtime", f.Runtime).
		time("from", f.From).time("to", f.To).size(f.PageSize)
}

// ListAll gives executions over all projects, newest first, with the names of owners and projects.
func (s *Executions) ListAll(ctx context.Context, f OverFilter) iter.Seq2[Execution, error] {
	return items[Execution](ctx, s.c, "/executions/all", f.query().values())
}

// Waiting gives what waits, in the order of the queue, each with its position and why.
func (s *Executions) Waiting(ctx context.Context, f OverFilter) iter.Seq2[Execution, error] {
	f.Status, f.Runtime, f.From, f.To = "", "", time.Time{}, time.Time{}
	return items[Execution](ctx, s.c, "/executions/waiting", f.query().values())
}

// WaitingQueue is the first page of what waits, and a summary of all of it.
func (s *Executions) WaitingQueue(ctx context.Context, f OverFilter) (*WaitingQueue, error) {
	f.Status, f.Runtime, f.From, f.To = "", "", time.Time{}, time.Time{}
	var q WaitingQueue
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/executions/waiting", query: f.query().values()}, &q)
	return &q, err
}

// Reprioritize changes the priority of an execution that waits: critical, high, normal, low, background.
func (s *Executions) Reprioritize(ctx context.Context, id, priority string) (*Execution, error) {
	var e Execution
	_, err := s.c.do(ctx, request{method: http.MethodPut, path: executionPath(id) + "/priority", body: ExecutionReprioritizeRequest{Priority: priority}}, &e)
	return &e, err
}
