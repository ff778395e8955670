package judge0http

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// registerRedeliver adds what Judge0 does not have, so it has the shape of Stoa's own operations.
func registerRedeliver(api huma.API, h handlers) {
	again := httpx.Operation("judge0.redeliver", http.MethodPost, "/api/v1/executions/{id}/callback/redeliver", "Make an execution's callback again", "Executions")
	again.Description = "At once, with the same key, so that a receiver that has it already can tell. …/deliveries tells how it fares."
	again.DefaultStatus = http.StatusAccepted
	huma.Register(api, again, h.redeliver)
}

func (h handlers) redeliver(ctx context.Context, in *struct {
	ID  ident.ID `path:"id"`
	Key string   `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request act once: the first answer is given again for 24 hours."`
},
) (*struct{}, error) {
	_, err := h.slice.Redeliver(ctx, judge0.Redeliver{ExecutionID: in.ID})
	return nil, err
}
