package stoa

import (
	"context"
	"net/http"
	"net/url"
)

// SecondFactorAPI manages what a person proves besides their password.
type SecondFactorAPI struct{ c *Client }

// Get tells whether the caller has an authenticator app, and how many recovery codes are left.
func (s *SecondFactorAPI) Get(ctx context.Context) (*SecondFactor, error) {
	var out SecondFactor
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/me/second-factor"}, &out)
	return &out, err
}

// Enroll makes a secret for an authenticator app; Confirm makes it count.
func (s *SecondFactorAPI) Enroll(ctx context.Context) (*SecondFactorEnrollment, error) {
	var out SecondFactorEnrollment
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/second-factor"}, &out)
	return &out, err
}

// Confirm takes the app's first code and gives recovery codes, which are shown this once.
func (s *SecondFactorAPI) Confirm(ctx context.Context, code string) ([]string, error) {
	return s.codes(ctx, "/me/second-factor/confirmation", code)
}

// RenewCodes gives new recovery codes; the old ones end.
func (s *SecondFactorAPI) RenewCodes(ctx context.Context, code string) ([]string, error) {
	return s.codes(ctx, "/me/second-factor/recovery-codes", code)
}

func (s *SecondFactorAPI) codes(ctx context.Context, path, code string) ([]string, error) {
	var out RecoveryCodes
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: path, body: SecondFactorConfirmRequest{Code: code}, once: true}, &out)
	return out.RecoveryCodes, err
}

// Remove takes the caller's app away. It wants a code of it, or a recovery code.
func (s *SecondFactorAPI) Remove(ctx context.Context, code string) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/second-factor/removal", body: SecondFactorConfirmRequest{Code: code}, once: true}, nil)
	return err
}

// Reset takes somebody else's second factor away and ends their sessions, for operators.
func (s *SecondFactorAPI) Reset(ctx context.Context, user string) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/users/" + url.PathEscape(user) + "/second-factor/reset"}, nil)
	return err
}
