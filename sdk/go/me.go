package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// MeAPI is about the caller.
type MeAPI struct{ c *Client }

// Get tells who the caller is and where they belong.
func (s *MeAPI) Get(ctx context.Context) (*Me, error) {
	var me Me
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/me"}, &me)
	return &me, err
}

// Rename changes what the caller is called.
func (s *MeAPI) Rename(ctx context.Context, name string) (*User, error) {
	var out User
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: "/me", body: MeUpdateRequest{Name: name}}, &out)
	return &out, err
}

// ChangePassword replaces the caller's password.
func (s *MeAPI) ChangePassword(ctx context.Context, current, next string) error {
	body := MeChangePasswordRequest{Current: current, New: next}
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/password", body: body, once: true}, nil)
	return err
}

// ChangeEmail asks for another address of the caller's account. Unless it says Changed, a
// code was sent there, which ConfirmEmail takes.
func (s *MeAPI) ChangeEmail(ctx context.Context, in MeChangeEmailRequest) (*EmailChange, error) {
	var out EmailChange
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/email", body: in, once: true}, &out)
	return &out, err
}

// ConfirmEmail makes the address the caller's, by the code that was sent there.
func (s *MeAPI) ConfirmEmail(ctx context.Context, code string) (*EmailChange, error) {
	var out EmailChange
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/email/confirmation", body: MeConfirmEmailRequest{Code: code}, once: true}, &out)
	return &out, err
}

// Sessions gives the caller's sign-ins.
func (s *MeAPI) Sessions(ctx context.Context) iter.Seq2[Session, error] {
	return items[Session](ctx, s.c, "/me/sessions", nil)
}

// RevokeSession ends a sign-in.
func (s *MeAPI) RevokeSession(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/me/sessions/" + url.PathEscape(id)}, nil)
	return err
}
