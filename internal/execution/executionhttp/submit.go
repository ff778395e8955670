package executionhttp

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// maxWait bounds Prefer: wait, so that proxies between do not cut the answer off.
const maxWait = 60 * time.Second

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

func problem(err error) *httpx.ProblemDetails {
	p, _ := errors.AsType[*httpx.ProblemDetails](httpx.Problem(err))
	return p
}
