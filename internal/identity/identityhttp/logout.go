package identityhttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// maxLogout bounds the form with the logout token, in bytes.
const maxLogout = 32 << 10

// obeyed is an answer that nothing on the way keeps.
type obeyed struct {
	CacheControl string `header:"Cache-Control"`
}

// registerLogout adds where issuers tell that somebody signed out. It counts against no rate: an issuer that closes
// calls once for each of its people, all at once, and a token that it did not sign costs less than looking at the rate.
func registerLogout(api huma.API, s *identity.Providers) {
	op := httpx.InGroup(httpx.RateNone, public("auth.oidc_logout", http.MethodPost, flowPath+"/{provider}/logout",
		"Tell that somebody signed out; for issuers (OpenID Connect Back-Channel Logout)"))
	op.Description = "The issuer's sessions of the person, or the one that the logout token names, end here. A token is obeyed once."
	op.DefaultStatus, op.MaxBodyBytes = http.StatusOK, maxLogout
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Provider string `path:"provider" maxLength:"40"`
		RawBody  []byte `contentType:"application/x-www-form-urlencoded"`
	},
	) (*obeyed, error) {
		form, err := url.ParseQuery(string(in.RawBody))
		if err == nil {
			_, err = s.Logout(ctx, identity.TakeLogout{Provider: in.Provider, Token: secret.New(form.Get("logout_token"))})
		} else {
			err = fault.New(fault.Invalid, "auth.provider_token", "A logout token comes in a form, as logout_token.").Because(err)
		}
		return &obeyed{CacheControl: "no-store"}, asIssuersReadIt(err)
	})
}

// asIssuersReadIt answers 400 to whatever is wrong with a logout token, as the specification wants.
func asIssuersReadIt(err error) error {
	switch fault.KindOf(err) {
	case fault.Unauthenticated, fault.Conflict, fault.Denied, fault.Invalid:
	default:
		return err
	}
	if p, ok := errors.AsType[*httpx.ProblemDetails](httpx.Problem(err)); ok {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
		return p
	}
	return err
}
