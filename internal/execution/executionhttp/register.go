package executionhttp

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/script"
)

// maxWait bounds Prefer: wait, so that proxies between do not cut the answer off.
const maxWait = 60 * time.Second

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
	huma.Register(api, httpx.Operation("execution.queue", http.MethodGet, "/api/v1/executions/queue", "Show the queue", tag), h.queue)
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
	huma.Register(api, httpx.Operation("runtime.list", http.MethodGet, "/api/v1/runtimes", "List runtimes", "Runtimes"), h.runtimes)
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

type submitInput struct {
	Prefer string `header:"Prefer" doc:"wait=N: wait up to N seconds for the end." example:"wait=30"`
	IdempotencyHeader
	Body ExecutionRequest
}

type executionOutput struct {
	Status            int    `json:"-"`
	PreferenceApplied string `header:"Preference-Applied"`
	Location          string `header:"Location"`
	Body              Execution
}

func (h handlers) submit(ctx context.Context, in *submitInput) (*executionOutput, error) {
	submit, err := h.wanted(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	prefer := httpx.ParsePrefer(in.Prefer)
	if prefer.Wait <= 0 {
		e, err := h.slice.Submit(ctx, submit)
		return accepted(e, err)
	}
	patience := min(prefer.Wait, maxWait)
	d, err := h.slice.SubmitAndWait(ctx, submit, patience)
	if err != nil {
		return nil, err
	}
	out := &executionOutput{
		Status: http.StatusAccepted, Body: detailsDTO(d), Location: location(d.ID),
		PreferenceApplied: "wait=" + strconv.Itoa(int(patience/time.Second)),
	}
	if d.Status.Terminal() {
		out.Status = http.StatusOK
	}
	return out, nil
}

func accepted(e execution.Execution, err error) (*executionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &executionOutput{Status: http.StatusAccepted, Body: toDTO(e), Location: location(e.ID)}, nil
}

func location(id ident.ID) string { return "/api/v1/executions/" + id.String() }

type batchInput struct {
	IdempotencyHeader
	Body struct {
		Executions []ExecutionRequest `json:"executions" minItems:"1" maxItems:"1000"`
	}
}

// BatchItem is the answer to one of a batch: the execution, or why it was refused.
type BatchItem struct {
	Execution *Execution            `json:"execution,omitempty"`
	Problem   *httpx.ProblemDetails `json:"problem,omitempty"`
}

type batchOutput struct {
	Body struct {
		Items []BatchItem `json:"items"`
	}
}

func (h handlers) batch(ctx context.Context, in *batchInput) (*batchOutput, error) {
	submits := make([]execution.Submit, len(in.Body.Executions))
	for i, r := range in.Body.Executions {
		var err error
		if submits[i], err = h.wanted(ctx, r); err != nil {
			return nil, err
		}
	}
	out := &batchOutput{}
	answers, err := h.slice.SubmitBatch(ctx, len(submits), func(i int) (execution.Submit, error) { return submits[i], nil })
	if err != nil {
		return nil, err
	}
	for _, answer := range answers {
		item := BatchItem{}
		if answer.Err != nil {
			item.Problem = problem(answer.Err)
		} else {
			e := toDTO(answer.Execution)
			item.Execution = &e
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
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

// Runtime is a language in one version.
type Runtime struct {
	ID       string   `json:"id" example:"python@3.11.2"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Default  bool     `json:"default" doc:"Whether the bare name means this version."`
	FileName string   `json:"file_name"`
	Example  string   `json:"example" doc:"A program that shows what the runtime can do."`
	Compiled bool     `json:"compiled"`
	Nodes    int      `json:"nodes" doc:"How many ready nodes have it."`
	Aliases  []string `json:"aliases"`

	Image   string `json:"image,omitempty" doc:"The image that it is; absent when nodes have it installed." example:"index.docker.io/library/python:3.12-slim"`
	Digest  string `json:"digest,omitempty" doc:"What the image's reference meant when the runtime was made, and means for ever."`
	Pulling int    `json:"pulling,omitempty" doc:"How many nodes are getting its image ready."`
	Failing int    `json:"failing,omitempty" doc:"How many nodes could not pull its image, and try again."`

	Egress []string `json:"egress,omitempty" doc:"What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it." example:"[\"pypi.org:443\"]"`

	Class   string         `json:"class,omitempty" doc:"The weakest isolation class that its runs are given; absent: the settings decide."`
	Classes []RuntimeClass `json:"classes" doc:"The isolation classes that it can be run in, the fastest first."`
}

// RuntimeClass is an isolation class that a runtime can be run in.
type RuntimeClass struct {
	Name    string `json:"name" example:"gvisor"`
	StartMS int64  `json:"start_ms" doc:"What it usually adds before the program's first line, in milliseconds."`
	Promise string `json:"promise" doc:"What it keeps apart."`
	Ready   bool   `json:"ready" doc:"Whether a ready node offers it now."`
}

func classesDTO(r execution.Runtime) []RuntimeClass {
	all := []RuntimeClass{}
	for _, p := range r.Promises() {
		all = append(all, RuntimeClass{string(p.Class), p.StartMS, p.Promise, slices.Contains(r.ReadyClasses, p.Class)})
	}
	return all
}

func (h handlers) runtimes(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Items []Runtime `json:"items"`
	}
}, error,
) {
	all, err := h.slice.Runtimes(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	var out struct {
		Body struct {
			Items []Runtime `json:"items"`
		}
	}
	out.Body.Items = []Runtime{}
	for _, r := range all {
		meant, err := execution.Resolve(all, r.Name)
		shown := runtimeDTO(r)
		shown.Default = err == nil && meant.ID == r.ID
		out.Body.Items = append(out.Body.Items, shown)
	}
	return &out, nil
}

func isText(b []byte) bool { return utf8.Valid(b) }

func problem(err error) *httpx.ProblemDetails {
	p, _ := errors.AsType[*httpx.ProblemDetails](httpx.Problem(err))
	return p
}
