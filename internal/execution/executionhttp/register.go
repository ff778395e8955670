package executionhttp

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/script"
)

type handlers struct {
	slice   *execution.Slice
	scripts *script.Slice
}

// Register puts the operations on the API. scripts are what a request may name in place of a source.
func Register(api huma.API, slice *execution.Slice, scripts *script.Slice) {
	h := handlers{slice, scripts}
	const tag = "Executions"
	submit := httpx.Soon(httpx.InGroup(httpx.RateExecute, httpx.Operation("execution.submit", http.MethodPost, "/api/v1/executions", "Run a program", tag)))
	submit.DefaultStatus = http.StatusAccepted
	submit.Description = "Answers 202 at once, or, with `Prefer: wait=30`, 200 and the ended execution if it ends in time."
	huma.Register(api, submit, h.submit)
	answers := api.OpenAPI().Paths[submit.Path].Post.Responses
	answers["200"] = &huma.Response{Description: "The execution has ended.", Content: answers["202"].Content, Headers: answers["202"].Headers}
	batch := httpx.InGroup(httpx.RateExecute, httpx.Operation("execution.batch", http.MethodPost, "/api/v1/executions/batch", "Run several programs", tag))
	batch.DefaultStatus = http.StatusAccepted
	huma.Register(api, batch, h.batch)
	huma.Register(api, httpx.Operation("execution.list", http.MethodGet, "/api/v1/executions", "List executions, newest first", tag), h.list)
	huma.Register(api, httpx.Operation("execution.get", http.MethodGet, "/api/v1/executions/{id}", "Get an execution", tag), h.get)
	registerSteps(api, h, tag)
	registerDeliveries(api, h, tag)
	registerQueue(api, h, tag)
	huma.Register(api, httpx.Operation("execution.cancel", http.MethodPost, "/api/v1/executions/{id}/cancel", "Cancel an execution", tag), h.cancel)
	egress := httpx.Operation("execution.egress.update", http.MethodPut, "/api/v1/executions/{id}/egress", "Change what an execution may connect to", tag)
	egress.Description = "On one that runs, new connections obey the list within moments, and existing ones that it does not admit are cut."
	huma.Register(api, egress, h.updateEgress)
	retry := httpx.Operation("execution.retry", http.MethodPost, "/api/v1/executions/{id}/retry", "Run an ended execution again", tag)
	retry.DefaultStatus = http.StatusAccepted
	huma.Register(api, retry, h.retry)
	remove := httpx.Operation("execution.delete", http.MethodDelete, "/api/v1/executions/{id}", "Delete an ended execution", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.remove)
	output := httpx.Operation("execution.output", http.MethodGet, "/api/v1/executions/{id}/{stream}", "Get the exact bytes of an output", tag)
	output.Errors = append(output.Errors, http.StatusConflict) // it has not ended
	httpx.RegisterRaw(api, output, "application/octet-stream", h.output)
	registerRuntimes(api, h)
	registerExamples(api, h)
	registerWatch(api, h, tag)
	registerArtefacts(api, h, tag)
	registerInteractive(api, h, tag)
}

// IdempotencyHeader documents the header; the edge reads it.
type IdempotencyHeader struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request act once: the first answer is given again for 24 hours."`
}

// ExecutionPath names one execution.
type ExecutionPath struct {
	ID ident.ID `path:"id"`
}

type oneOutput struct{ Body Execution }

func (h handlers) get(ctx context.Context, in *ExecutionPath) (*oneOutput, error) {
	d, err := h.slice.Get(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return &oneOutput{Body: detailsDTO(d)}, nil
}

func (h handlers) cancel(ctx context.Context, in *struct {
	ExecutionPath
	IdempotencyHeader
},
) (*oneOutput, error) {
	e, err := h.slice.Cancel(ctx, execution.Cancel{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return &oneOutput{Body: toDTO(e)}, nil
}

func (h handlers) retry(ctx context.Context, in *struct {
	ExecutionPath
	IdempotencyHeader
},
) (*executionOutput, error) {
	return accepted(h.slice.Retry(ctx, execution.Retry{ID: in.ID}))
}

func (h handlers) remove(ctx context.Context, in *ExecutionPath) (*struct{}, error) {
	_, err := h.slice.Delete(ctx, execution.Delete{ID: in.ID})
	return nil, err
}

type outputInput struct {
	ExecutionPath
	Stream string `path:"stream" enum:"stdout,stderr"`
}

func (h handlers) output(ctx context.Context, in *outputInput) (httpx.Serve, error) {
	out, err := h.slice.ReadOutput(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	kept := out.Stdout
	if in.Stream == "stderr" {
		kept = out.Stderr
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(len(kept)))
		_, _ = w.Write(kept)
	}, nil
}

// SubmittedBetween narrows a list by time.
type SubmittedBetween struct {
	From time.Time `query:"from" doc:"Only what was submitted at this time or later."`
	To   time.Time `query:"to" doc:"Only what was submitted before."`
}

type listInput struct {
	ProjectID ident.ID `query:"project_id"`
	Status    []string `query:"status" doc:"Only these statuses, separated by commas."`
	Runtime   string   `query:"runtime" maxLength:"64" doc:"Only this language, or this version of it."`
	Script    string   `query:"script" maxLength:"80" doc:"Only what was run from this saved script: an id, or a name in the project; @2 after a name is its version 2." example:"hello"`
	Owner     string   `query:"owner" enum:"me" doc:"Only the caller's own."`
	SubmittedBetween
	Cursor ident.ID `query:"cursor"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Items      []Execution `json:"items"`
		NextCursor string      `json:"next_cursor,omitempty"`
	}
}

func (h handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	q := execution.List{ProjectID: in.ProjectID, Mine: in.Owner == "me", Runtime: in.Runtime, From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit}
	var err error
	if q.Script, q.Version, err = h.ranOf(ctx, in.ProjectID, in.Script); err != nil {
		return nil, err
	}
	for _, s := range in.Status {
		q.Statuses = append(q.Statuses, execution.Status(s))
	}
	page, err := h.slice.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]Execution, len(page.Items))
	for i, e := range page.Items {
		out.Body.Items[i] = toDTO(e)
	}
	if !page.Next.IsZero() {
		out.Body.NextCursor = page.Next.String()
	}
	return out, nil
}
