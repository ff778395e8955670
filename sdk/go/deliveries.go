package stoa

import (
	"context"
	"iter"
	"net/http"
)

// Deliveries tells what is told about an execution to others, and how that fares: the callback that was asked for with it
// (Judge0's API), and what its notifications sent to the caller's own channels.
func (s *Executions) Deliveries(ctx context.Context, id string) iter.Seq2[ExecutionDelivery, error] {
	return items[ExecutionDelivery](ctx, s.c, executionPath(id)+"/deliveries", nil)
}

// Redeliver makes an execution's callback again at once, with the same key. For a channel's delivery there is
// [Notifications.Redeliver].
func (s *Executions) Redeliver(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: executionPath(id) + "/callback/redeliver"}, nil)
	return err
}
