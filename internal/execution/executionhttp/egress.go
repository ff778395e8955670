package executionhttp

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// ExecutionEgress is where an execution may connect to, and what came of it so far.
type ExecutionEgress struct {
	Allow       []string        `json:"allow" doc:"Destinations: pypi.org:443, *.example.com, 203.0.113.0/24:5432."`
	Applied     bool            `json:"applied" doc:"Whether its node obeys this list already."`
	Connections int64           `json:"connections" doc:"That were made."`
	BytesOut    int64           `json:"bytes_out" doc:"From the program."`
	BytesIn     int64           `json:"bytes_in"`
	Refused     []EgressRefusal `json:"refused" doc:"The first destinations that were refused."`
	RefusedMore int64           `json:"refused_more,omitempty" doc:"Refusals of destinations beyond those."`
}

// EgressRefusal is a destination that was refused.
type EgressRefusal struct {
	Destination string `json:"destination" example:"169.254.169.254:80"`
	Why         string `json:"why" example:"metadata"`
	Count       int64  `json:"count"`
}

func egressDTO(e *execution.Egress) *ExecutionEgress {
	if e == nil {
		return nil
	}
	dto := &ExecutionEgress{
		Allow: e.Allow, Applied: e.Revision == 1 || e.Applied >= e.Revision, Connections: e.Connections, BytesOut: e.BytesOut, BytesIn: e.BytesIn,
		Refused: make([]EgressRefusal, len(e.Refused)), RefusedMore: e.RefusedMore,
	}
	for i, r := range e.Refused {
		dto.Refused[i] = EgressRefusal(r)
	}
	return dto
}

type egressInput struct {
	ExecutionPath
	IdempotencyHeader
	Body struct {
		Allow []string `json:"allow" maxItems:"64" doc:"The whole list; an empty one admits nothing." example:"[\"pypi.org:443\"]"`
	}
}

func (h handlers) updateEgress(ctx context.Context, in *egressInput) (*oneOutput, error) {
	if _, err := h.slice.UpdateEgress(ctx, execution.UpdateEgress{ID: in.ID, Allow: in.Body.Allow}); err != nil {
		return nil, err
	}
	return h.get(ctx, &in.ExecutionPath)
}
