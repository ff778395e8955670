package executionhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// registerQueue adds what people do who look after work that waits.
func registerQueue(api huma.API, h handlers, tag string) {
	huma.Register(api, httpx.Operation("execution.queue", http.MethodGet, "/api/v1/executions/queue", "Show the queue", tag), h.queue)
	all := httpx.Operation("execution.list_all", http.MethodGet, "/api/v1/executions/all", "List executions over all projects, newest first", tag)
	all.Description = "For operators; with organization_id or project_id also for the administrators of that organization."
	huma.Register(api, all, h.listAll)
	waiting := httpx.Operation("execution.waiting", http.MethodGet, "/api/v1/executions/waiting", "List what waits, in the order of the queue, and why", tag)
	waiting.Description = "For operators; with organization_id or project_id also for the administrators of that organization. Positions are those in the whole queue."
	huma.Register(api, waiting, h.waiting)
	move := httpx.Operation("execution.reprioritize", http.MethodPut, "/api/v1/executions/{id}/priority", "Change the priority of an execution that waits", tag)
	move.Description = "Its new place is behind what its owner has waiting there already. Operators may give any priority, everybody else at most their execution.priority.max; less is always allowed."
	huma.Register(api, move, h.reprioritize)
}

// Queue is the state of the queue.
type Queue struct {
	Queued     int            `json:"queued"`
	Active     int            `json:"active"`
	ByPriority map[string]int `json:"by_priority"`
	Oldest     *time.Time     `json:"oldest,omitempty" doc:"When the longest-waiting one was submitted."`
}

func (h handlers) queue(ctx context.Context, _ *struct{}) (*struct{ Body Queue }, error) {
	stats, err := h.slice.Queue(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	body := Queue{Queued: stats.Queued, Active: stats.Active, Oldest: stats.Oldest, ByPriority: map[string]int{}}
	for p, n := range stats.ByPriority {
		body.ByPriority[p.String()] = n
	}
	return &struct{ Body Queue }{body}, nil
}

// OverFilter says of what somebody looks over several projects.
type OverFilter struct {
	OrganizationID ident.ID `query:"organization_id" doc:"Only of this organization. Operators may leave it out."`
	ProjectID      ident.ID `query:"project_id" doc:"Only of this project."`
	UserID         ident.ID `query:"user_id" doc:"Only of this user or service account."`
	Priority       string   `query:"priority" enum:"critical,high,normal,low,background" doc:"Only of this priority."`
	Limit          int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (f OverFilter) priority() *execution.Priority {
	if f.Priority == "" {
		return nil
	}
	p, _ := execution.ParsePriority(f.Priority) // the schema has no other words
	return &p
}

func (h handlers) listAll(ctx context.Context, in *struct {
	OverFilter
	Status  []string `query:"status" doc:"Only these statuses, separated by commas."`
	Runtime string   `query:"runtime" maxLength:"64" doc:"Only this language, or this version of it."`
	SubmittedBetween
	Cursor ident.ID `query:"cursor"`
},
) (*listOutput, error) {
	q := execution.ListAll{
		OrganizationID: in.OrganizationID, ProjectID: in.ProjectID, OwnerID: in.UserID, Runtime: in.Runtime, Priority: in.priority(),
		From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit,
	}
	for _, s := range in.Status {
		q.Statuses = append(q.Statuses, execution.Status(s))
	}
	page, err := h.slice.ListAll(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]Execution, len(page.Items))
	for i, e := range page.Items {
		out.Body.Items[i] = namedDTO(e, page.Names)
	}
	if !page.Next.IsZero() {
		out.Body.NextCursor = page.Next.String()
	}
	return out, nil
}

func namedDTO(e execution.Execution, names execution.Names) Execution {
	dto := toDTO(e)
	owner := names[e.OwnerID]
	dto.OwnerName, dto.OwnerKind, dto.ProjectName = owner.Text, string(owner.Kind), names[e.ProjectID].Text
	return dto
}

// WaitingQueue is what waits, in order.
type WaitingQueue struct {
	Items      []Execution    `json:"items"`
	NextCursor string         `json:"next_cursor,omitempty"`
	Queued     int            `json:"queued" doc:"How many wait that match, on all pages."`
	ByPriority map[string]int `json:"by_priority"`
	ByUser     []WaitingUser  `json:"by_user" doc:"Who has most waiting, the 20 first."`
	Oldest     *time.Time     `json:"oldest,omitempty" doc:"When the longest-waiting one was submitted."`
}

// WaitingUser is how much of one user waits.
type WaitingUser struct {
	UserID ident.ID  `json:"user_id"`
	Name   string    `json:"name,omitempty"`
	Queued int       `json:"queued"`
	Oldest time.Time `json:"oldest"`
}

func (h handlers) waiting(ctx context.Context, in *struct {
	OverFilter
	Cursor string `query:"cursor" maxLength:"100"`
},
) (*struct{ Body WaitingQueue }, error) {
	q := execution.Waiting{OrganizationID: in.OrganizationID, ProjectID: in.ProjectID, OwnerID: in.UserID, Priority: in.priority(), Limit: in.Limit}
	if in.Cursor != "" {
		var err error
		if q.After, err = execution.ParsePlace(in.Cursor); err != nil {
			return nil, err
		}
	}
	page, err := h.slice.Waiting(ctx, q)
	if err != nil {
		return nil, err
	}
	body := WaitingQueue{Items: make([]Execution, len(page.Items)), Queued: page.Queued, ByPriority: map[string]int{}, ByUser: make([]WaitingUser, len(page.Owners)), Oldest: page.Oldest}
	for i, e := range page.Items {
		body.Items[i] = namedDTO(e.Execution, page.Names)
		body.Items[i].QueuePosition, body.Items[i].QueueExplanation, body.Items[i].QueueReason = e.Position, e.Reason.Message, e.Reason.Code
	}
	for p, n := range page.ByPriority {
		body.ByPriority[p.String()] = n
	}
	for i, o := range page.Owners {
		body.ByUser[i] = WaitingUser{UserID: o.OwnerID, Name: page.Names[o.OwnerID].Text, Queued: o.Queued, Oldest: o.Oldest}
	}
	if !page.Next.ID.IsZero() {
		body.NextCursor = page.Next.String()
	}
	return &struct{ Body WaitingQueue }{body}, nil
}

func (h handlers) reprioritize(ctx context.Context, in *struct {
	ExecutionPath
	IdempotencyHeader
	Body struct {
		Priority string `json:"priority" enum:"critical,high,normal,low,background"`
	}
},
) (*oneOutput, error) {
	p, _ := execution.ParsePriority(in.Body.Priority) // the schema has no other words
	e, err := h.slice.Reprioritize(ctx, execution.Reprioritize{ID: in.ID, Priority: p})
	if err != nil {
		return nil, err
	}
	return &oneOutput{Body: toDTO(e)}, nil
}
