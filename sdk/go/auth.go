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

// SecondFactorNeeded is SignIn's error for who has a second factor: nobody has signed in yet.
type SecondFactorNeeded struct {
	Step string // for SignInSecond, which must come within minutes
}

func (*SecondFactorNeeded) Error() string {
	return "the password is right; a code of the authenticator app is needed too"
}

// SignIn gives a client that acts as this person until it signs out. Nothing is tried again: a wrong password counts.
// The error is *SecondFactorNeeded when SignInSecond must follow.
func (s *Auth) SignIn(ctx context.Context, email, password string) (*Client, error) {
	return s.open(ctx, "/auth/sign-in", AuthSignInRequest{Email: email, Password: password})
}

// SignInSecond ends what SignIn began, with a code of the authenticator app or a recovery code. A wrong one counts.
func (s *Auth) SignInSecond(ctx context.Context, step, code string) (*Client, error) {
	return s.open(ctx, "/auth/second-factor", AuthSecondFactorRequest{Step: step, Code: code})
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
	var answer SignInAnswer
	resp, err := s.c.do(ctx, request{method: http.MethodPost, path: path, body: body, once: true}, &answer)
	if err != nil {
		return nil, err
	}
	if answer.SecondFactor != nil {
		return nil, &SecondFactorNeeded{Step: answer.SecondFactor.Step}
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
