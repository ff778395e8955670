package stoa

import (
	"context"
	"io"
	"iter"
	"net/http"
	"time"
)

// AuditAPI reads who did what.
type AuditAPI struct{ c *Client }

// AuditFilter narrows the audit trail; what is empty does not narrow.
type AuditFilter struct {
	ActorID        string
	Action         string // "execution.cancel", or a group: "execution.*"
	Kind           string // of the thing: "execution"
	TargetID       string
	OrganizationID string
	ProjectID      string
	Outcome        string // "done" or "refused"
	CorrelationID  string
	From, To       time.Time // when it was done: from the first on, before the second
	All            bool      // operators: of everybody
	PageSize       int
	After          string // Export: the record after which to begin
}

func (f AuditFilter) query() query {
	q := query{}.set("actor_id", f.ActorID).set("action", f.Action).set("kind", f.Kind).set("target_id", f.TargetID).
		set("organization_id", f.OrganizationID).set("project_id", f.ProjectID).set("outcome", f.Outcome).
		set("correlation_id", f.CorrelationID).time("from", f.From).time("to", f.To)
	if f.All {
		q.set("all", "true")
	}
	return q
}

// List gives records, newest first: of the organizations that the caller runs, or of all of them.
func (s *AuditAPI) List(ctx context.Context, f AuditFilter) iter.Seq2[AuditRecord, error] {
	return items[AuditRecord](ctx, s.c, "/audit", f.query().size(f.PageSize).values())
}

// Export gives records as a file, oldest first, after the filter's After. Format is
// "csv" or "json", most how many (zero: 10,000; 100,000 are the most). The caller closes it.
// A file that breaks off ends in an error.
func (s *AuditAPI) Export(ctx context.Context, f AuditFilter, format string, most int) (io.ReadCloser, error) {
	q := f.query().set("format", format).set("after", f.After).size(most)
	answer, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: "/audit/export", query: q.values()})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}
