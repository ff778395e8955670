package identityhttp_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stoa-cloud/stoa/internal/identity/identityhttp"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestWhatARequestShows(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	b := s.browser()
	response, _ := b.exchange("POST", "/api/v1/auth/register", newcomer())
	session := response.Cookies()[0].Value
	pat := b.send("POST", "/api/v1/tokens", object{"name": "ci"}, 201)["secret"].(string)
	request := func(header, cookie string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: identityhttp.CookieName, Value: cookie})
		}
		return r
	}
	for name, c := range map[string]struct {
		r    *http.Request
		kind command.ActorKind // empty: refused
	}{
		"nothing":                     {request("", ""), command.Anonymous},
		"a token":                     {request("Bearer "+pat, ""), command.User},
		"a token, spelt otherwise":    {request("bearer  "+pat, ""), command.User},
		"a session":                   {request("", session), command.User},
		"a token before a bad cookie": {request("Bearer "+pat, "bad"), command.User},
		"a bad token before a cookie": {request("Bearer stoa_pat_x", session), ""},
		"a session as a token":        {request("Bearer "+session, ""), ""},
		"a token as a session":        {request("", pat), ""},
		"a bad cookie":                {request("", "x"), ""},
		"another issuer's token":      {request("Bearer eyJhbGciOi", ""), ""},
		"basic":                       {request("Basic YTpi", session), ""},
		"a token as a password":       {request("Basic "+base64.StdEncoding.EncodeToString([]byte("any:"+pat)), ""), command.User},
		"a token, bare":               {request(pat, ""), command.User},
		"a bad token, bare":           {request("stoa_pat_x", session), ""},
	} {
		t.Run(name, func(t *testing.T) {
			actor, err := s.auth.Authenticate(t.Context(), c.r)
			if actor.Kind != c.kind || (err != nil) != (c.kind == "") || err != nil && !fault.Is(err, "auth.unknown_credential") {
				t.Errorf("%+v, %v", actor, err)
			}
		})
	}
}

// guest lets everybody in who shows another issuer's token.
type guest struct{}

func (guest) Authenticate(_ context.Context, r *http.Request) (command.Actor, bool, error) {
	return command.Actor{Kind: command.User}, r.Header.Get("Authorization") == "Bearer guest", nil
}

func TestMethodsAreAskedInTurn(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	both := identityhttp.Authenticator{s.auth[0], guest{}}
	for header, kind := range map[string]command.ActorKind{"Bearer guest": command.User, "Bearer other": "", "Bearer stoa_pat_x": "", "": command.Anonymous} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		if actor, err := both.Authenticate(t.Context(), r); actor.Kind != kind || (err != nil) != (kind == "") {
			t.Errorf("%q: %+v, %v", header, actor, err)
		}
	}
}
