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

// SubmitBatch submits each by itself: one bad input refuses only itself. A repeated
// idempotency key covers each by its place in the batch. More than the caller's
// limit are refused together, before any is submitted.
func (s *Slice) SubmitBatch(ctx context.Context, in []Submit) ([]Submitting, error) {
	base := *command.RequestFrom(ctx)
	most, err := s.limits.Int(ctx, s.runner.DB, "execution.batch.max", Subject{User: base.Actor.ID, Project: base.Actor.DefaultProject})
	if err != nil {
		return nil, err
	}
	if int64(len(in)) > most.Int() {
		return nil, most.Refuse("execution.batch_too_large", "The batch has %d executions; at most %d are allowed.", len(in), most.Int())
	}
	answers := make([]Submitting, len(in))
	for i, one := range in {
		req := base
		if base.IdempotencyKey != "" {
			req.IdempotencyKey = fmt.Sprintf("%s#%d", base.IdempotencyKey, i)
		}
		answers[i].Execution, answers[i].Err = s.Submit(command.WithRequest(ctx, &req), one)
	}
	return answers, nil
}
