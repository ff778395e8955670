package identityhttp_test

import (
	"errors"
	"testing"

	"golang.org/x/oauth2"

	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// A library that knows RFC 8628 and nothing of us signs a program in.
func TestAnOAuthLibrarySignsAProgramIn(t *testing.T) {
	s := newSite(t, pgtest.Open(t))
	person := s.browser()
	person.send("POST", "/api/v1/auth/register", newcomer(), 200)
	program := oauth2.Config{ClientID: "nightly report", Endpoint: oauth2.Endpoint{
		DeviceAuthURL: s.url + "/api/v1/auth/device", TokenURL: s.url + "/api/v1/auth/device/token", AuthStyle: oauth2.AuthStyleInParams,
	}}
	for _, approve := range []bool{true, false} {
		codes, err := program.DeviceAuth(t.Context())
		if err != nil || codes.VerificationURI != "https://stoa.example.org/device" || codes.Interval != 5 {
			t.Fatalf("%+v, %v", codes, err)
		}
		if shown := person.send("GET", "/api/v1/auth/device?user_code="+codes.UserCode, nil, 200); shown["name"] != "nightly report" {
			t.Errorf("the person sees %v", shown)
		}
		person.send("POST", "/api/v1/auth/device/decision", object{"user_code": codes.UserCode, "approve": approve}, 200)
		codes.Interval = 1 // the decision is made already
		token, err := program.DeviceAccessToken(t.Context(), codes)
		if !approve {
			if refused, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || refused.ErrorCode != "access_denied" {
				t.Errorf("who is denied hears %v", err)
			}
			continue
		}
		if err != nil || token.Type() != "Bearer" || token.Expiry.IsZero() {
			t.Fatalf("%+v, %v", token, err)
		}
		if me := s.program(token.AccessToken).send("GET", "/api/v1/me", nil, 200); me["credential"].(object)["name"] != "nightly report" {
			t.Errorf("the token is %v", me["credential"])
		}
	}
}
