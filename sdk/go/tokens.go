package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Tokens manages the caller's API tokens.
type Tokens struct{ c *Client }

// List gives the caller's tokens, without their secrets.
func (s *Tokens) List(ctx context.Context) iter.Seq2[APIToken, error] {
	return items[APIToken](ctx, s.c, "/tokens", nil)
}

// Create makes a token. Its secret is in this answer and never again.
func (s *Tokens) Create(ctx context.Context, in TokenCreateRequest) (*CreatedToken, error) {
	var out CreatedToken
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/tokens", body: in}, &out)
	return &out, err
}

// Revoke ends a token at once.
func (s *Tokens) Revoke(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/tokens/" + url.PathEscape(id)}, nil)
	return err
}
