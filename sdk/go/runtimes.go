package stoa

import (
	"context"
	"net/http"
)

// Runtimes tells which languages can be run.
type Runtimes struct{ c *Client }

// List gives every runtime in every version that some node offers.
func (s *Runtimes) List(ctx context.Context) ([]Runtime, error) {
	var p page[Runtime]
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/runtimes"}, &p)
	return p.Items, err
}
