package stoa

import (
	"context"
	"errors"
	"net/http"
)

// Auth signs in with a password. Programs use a Token instead.
type Auth struct{ c *Client }

const sessionCookie = "stoa_session"

var errNoSession = errors.New("the server signed in without a session cookie")

// SignIn gives a client that acts as this person until it signs out. Nothing is tried again: a wrong password counts.
func (s *Auth) SignIn(ctx context.Context, email, password string) (*Client, error) {
	return s.open(ctx, "/auth/sign-in", AuthSignInRequest{Email: email, Password: password})
}

// Register makes an account and signs in.
func (s *Auth) Register(ctx context.Context, in AuthRegisterRequest) (*Client, error) {
	return s.open(ctx, "/auth/register", in)
}

// Setup makes the first administrator with the single-use token that the server printed, and signs in.
func (s *Auth) Setup(ctx context.Context, token, email, name, password string) (*Client, error) {
	return s.open(ctx, "/setup", SetupCompleteRequest{Token: token, Email: email, Name: name, Password: password})
}

// SetupNeeded tells that there is no administrator yet.
func (s *Auth) SetupNeeded(ctx context.Context) (bool, error) {
	var out Setup
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/setup"}, &out)
	return out.Needed, err
}

// SignOut ends the session of a client that SignIn gave.
func (s *Auth) SignOut(ctx context.Context) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/auth/sign-out"}, nil)
	return err
}

func (s *Auth) open(ctx context.Context, path string, body any) (*Client, error) {
	resp, err := s.c.do(ctx, request{method: http.MethodPost, path: path, body: body, once: true}, nil)
	if err != nil {
		return nil, err
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Name == sessionCookie {
			signedIn := *s.c
			signedIn.token = ""
			signedIn.session = &http.Cookie{Name: cookie.Name, Value: cookie.Value}
			return signedIn.bind(), nil
		}
	}
	return nil, errNoSession
}
