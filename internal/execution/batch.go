package execution

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// Submitting is the answer to one of a batch: the execution, or why not.
type Submitting struct {
	Execution Execution
	Err       error
}

// submitBatch submits each by itself: one bad input refuses only itself. A repeated
// idempotency key covers each by its place in the batch.
func (s *Slice) submitBatch(ctx context.Context, in []Submit) []Submitting {
	answers := make([]Submitting, len(in))
	base := *command.RequestFrom(ctx)
	for i, one := range in {
		req := base
		if base.IdempotencyKey != "" {
			req.IdempotencyKey = fmt.Sprintf("%s#%d", base.IdempotencyKey, i)
		}
		answers[i].Execution, answers[i].Err = s.Submit(command.WithRequest(ctx, &req), one)
	}
	return answers
}
