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

// SubmitBatch submits so many, each by itself: one bad input refuses only itself. A
// repeated idempotency key covers each by its place in the batch. More than the
// caller's limit are refused together, before any is read. Each is read when its turn
// has come, so that a batch of what unpacks to much is in memory one after the other.
func (s *Slice) SubmitBatch(ctx context.Context, n int, read func(i int) (Submit, error)) ([]Submitting, error) {
	base := *command.RequestFrom(ctx)
	most, err := s.limits.Int(ctx, s.runner.DB, "execution.batch.max", Subject{User: base.Actor.ID, Project: base.Actor.DefaultProject})
	if err != nil {
		return nil, err
	}
	if int64(n) > most.Int() {
		return nil, most.Refuse("execution.batch_too_large", "The batch has %d executions; at most %d are allowed.", n, most.Int())
	}
	answers := make([]Submitting, n)
	for i := range answers {
		one, err := read(i)
		if err != nil {
			answers[i].Err = err
			continue
		}
		req := base
		if base.IdempotencyKey != "" {
			req.IdempotencyKey = fmt.Sprintf("%s#%d", base.IdempotencyKey, i)
		}
		answers[i].Execution, answers[i].Err = s.Submit(command.WithRequest(ctx, &req), one)
	}
	return answers, nil
}
