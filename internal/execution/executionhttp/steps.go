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

// ExecutionStep is one thing that was done for an execution.
type ExecutionStep struct {
	Name    string    `json:"name" enum:"submitted,queued,claimed,started,returned,cancel_asked,egress_changed,reprioritized,ended" doc:"claimed: a node has it. returned: to the queue, since its node was lost. ended: the result is stored, and the node's slot is free."`
	Time    time.Time `json:"time"`
	EventID ident.ID  `json:"event_id,omitzero" doc:"The event that tells it."`
	NodeID  ident.ID  `json:"node_id,omitzero"`
	Attempt int       `json:"attempt,omitempty" doc:"1 for the first."`
	Status  string    `json:"status,omitempty" doc:"Of the end."`
	Reason  string    `json:"reason,omitempty" example:"node_lost"`
	Undone  bool      `json:"undone,omitempty" doc:"It takes back what was done before."`
}

func registerSteps(api huma.API, h handlers, tag string) {
	op := httpx.Operation("execution.steps", http.MethodGet, "/api/v1/executions/{id}/steps", "Tell what was done for an execution, step by step", tag)
	huma.Register(api, op, func(ctx context.Context, in *ExecutionPath) (*httpx.List[ExecutionStep], error) {
		steps, err := h.slice.Steps(ctx, execution.Get{ID: in.ID})
		if err != nil {
			return nil, err
		}
		return httpx.Listed(steps, func(s execution.Step) ExecutionStep {
			return ExecutionStep{s.Name, s.Time, s.Event, s.NodeID, s.Attempt, string(s.Status), s.Reason, s.Undone}
		}), nil
	})
}
