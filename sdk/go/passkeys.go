package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Passkeys manages what signs the caller in instead of a password. They are added in a browser.
type Passkeys struct{ c *Client }

// List gives the caller's passkeys, without their keys.
func (s *Passkeys) List(ctx context.Context) iter.Seq2[Passkey, error] {
	return items[Passkey](ctx, s.c, "/me/passkeys", nil)
}

// Remove forgets a passkey: it signs nobody in any more.
func (s *Passkeys) Remove(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/me/passkeys/" + url.PathEscape(id)}, nil)
	return err
}
