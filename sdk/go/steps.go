package stoa

import (
	"context"
	"iter"
)

// Steps tells what was done for an execution, oldest first.
func (s *Executions) Steps(ctx context.Context, id string) iter.Seq2[ExecutionStep, error] {
	return items[ExecutionStep](ctx, s.c, executionPath(id)+"/steps", nil)
}
