package stoa

import (
	"context"
	"net/http"
)

// Health tells how the installation fares; for operators.
func (c *Client) Health(ctx context.Context) (*Health, error) {
	var out Health
	_, err := c.do(ctx, request{method: http.MethodGet, path: "/health"}, &out)
	return &out, err
}
