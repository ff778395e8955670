package httpx

import (
	"context"
	"fmt"
	"net/http"
	"testing"
)

// A request that this process gives up because it is stopping is nobody's mistake: whoever
// sent it may try again, and nobody has to look for a fault.
func TestAGivenUpRequestIsNoFaultOfOurs(t *testing.T) {
	p := newProblem(fmt.Errorf("read execution: %w", context.Canceled))
	if p.Status != http.StatusServiceUnavailable || p.Code != "request_cancelled" || p.retry <= 0 {
		t.Errorf("%d %s, again after %s", p.Status, p.Code, p.retry)
	}
	if p := newProblem(fmt.Errorf("read execution: %w", context.DeadlineExceeded)); p.Status != http.StatusInternalServerError {
		t.Errorf("a deadline of ours that passed is %d", p.Status)
	}
}
