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

// ExecutionDelivery is the way of what is told about an execution to somebody outside.
type ExecutionDelivery struct {
	ID         ident.ID   `json:"id" doc:"A callback has its execution's; the others are those of /notifications/deliveries."`
	Kind       string     `json:"kind" enum:"callback,webhook,slack,email"`
	Host       string     `json:"host,omitempty" doc:"Where to; the rest of the address is secret." example:"hooks.example.org"`
	Status     string     `json:"status" enum:"waiting,queued,sending,delivered,failed,skipped" doc:"A callback is waiting until the execution has ended."`
	Attempts   int        `json:"attempts"`
	Reason     string     `json:"reason,omitempty" doc:"Why the last attempt failed." example:"answered 503 Service Unavailable"`
	StatusCode int        `json:"status_code,omitempty" doc:"Of the last answer; absent when there was none."`
	TriedAt    *time.Time `json:"tried_at,omitempty" doc:"When the last attempt began."`
	NextAt     *time.Time `json:"next_at,omitempty" doc:"When it is tried next."`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
}

func registerDeliveries(api huma.API, h handlers, tag string) {
	op := httpx.Operation("execution.deliveries", http.MethodGet, "/api/v1/executions/{id}/deliveries", "List what is told about an execution to others", tag)
	op.Description = "The callback that was asked for with it (Judge0's API), and what its notifications sent to the caller's own channels."
	huma.Register(api, op, func(ctx context.Context, in *ExecutionPath) (*httpx.List[ExecutionDelivery], error) {
		all, err := h.slice.Deliveries(ctx, execution.Get{ID: in.ID})
		if err != nil {
			return nil, err
		}
		return httpx.Listed(all, func(d execution.Delivery) ExecutionDelivery { return ExecutionDelivery(d) }), nil
	})
}
