package identityhttp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// SecondFactor is what somebody proves besides their password.
type SecondFactor struct {
	Enrolled      bool       `json:"enrolled" doc:"Whether signing in asks for a code of an authenticator app."`
	EnrolledAt    *time.Time `json:"enrolled_at,omitempty"`
	RecoveryCodes int        `json:"recovery_codes" doc:"How many are left."`
	Required      bool       `json:"required" doc:"Whether the setting identity.second_factor.required asks it of you."`
}

// SecondFactorEnrollment is what an authenticator app needs, shown this one time.
type SecondFactorEnrollment struct {
	Secret string   `json:"secret" doc:"To type into the app: base 32, SHA-1, six digits, every 30 seconds."`
	URI    string   `json:"uri" doc:"The same as otpauth:// address."`
	QR     []string `json:"qr" doc:"The address as QR code to draw: one text per row, 1 is dark. The quiet zone around it is not included."`
}

// RecoveryCodes are shown this one time.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" doc:"For who loses the app; each works once."`
}

func fromCodes(in identity.RecoveryCodesOnce) RecoveryCodes {
	return RecoveryCodes{Codes: httpx.Each(in.Codes, secret.String.Reveal)}
}

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"Of the app, or a recovery code."`
	}
}

func (in codeIn) code() identity.Code { return identity.Code{Code: secret.New(in.Body.Code)} }

func registerSecondFactor(api huma.API, s *identity.Slice, address func() string) {
	huma.Register(api, public("auth.second_factor", http.MethodPost, "/api/v1/auth/second-factor", "Sign in, second step: show the second factor"),
		func(ctx context.Context, in *struct {
			Browser
			Body struct {
				Step string `json:"step" minLength:"1" maxLength:"200" doc:"What the first step answered."`
				Code string `json:"code" minLength:"1" maxLength:"40" doc:"Of the app, or a recovery code."`
			}
		},
		) (*signedIn, error) {
			got, err := s.SignInSecond(ctx, identity.SignInSecond{
				Step: secret.New(in.Body.Step), Code: identity.Code{Code: secret.New(in.Body.Code)}, UserAgent: in.UserAgent,
			})
			return opened(ctx, got, err)
		})

	const path = "/api/v1/me/second-factor"
	huma.Register(api, httpx.Operation("second_factor.get", http.MethodGet, path, "Show your second factor", tag),
		func(ctx context.Context, _ *struct{}) (*out[SecondFactor], error) {
			got, err := s.SecondFactor(ctx, identity.GetSecondFactor{})
			return &out[SecondFactor]{Body: SecondFactor{
				Enrolled: got.App != nil, EnrolledAt: got.App, RecoveryCodes: got.RecoveryCodes, Required: got.Required,
			}}, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("second_factor.enroll", http.MethodPost, path, "Enrol an authenticator app; confirm it with a code", tag)),
		func(ctx context.Context, _ *struct{}) (*out[SecondFactorEnrollment], error) {
			host := ""
			if u, err := url.Parse(address()); err == nil {
				host = u.Hostname()
			}
			got, err := s.EnrollSecondFactor(ctx, identity.EnrollSecondFactor{Installation: host})
			if err != nil {
				return nil, err
			}
			drawn, err := drawQR(got.URI.Reveal())
			return &out[SecondFactorEnrollment]{Body: SecondFactorEnrollment{Secret: got.Secret.Reveal(), URI: got.URI.Reveal(), QR: drawn}}, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("second_factor.confirm", http.MethodPost, path+"/confirmation", "Confirm an authenticator app: signing in asks for it from now on", tag)),
		func(ctx context.Context, in *codeIn) (*out[RecoveryCodes], error) {
			got, err := s.ConfirmSecond(ctx, identity.ConfirmSecondFactor{Code: in.code()})
			return &out[RecoveryCodes]{Body: fromCodes(got)}, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("second_factor.renew_codes", http.MethodPost, path+"/recovery-codes", "Make new recovery codes; the old ones end", tag)),
		func(ctx context.Context, in *codeIn) (*out[RecoveryCodes], error) {
			got, err := s.RenewRecoveryCodes(ctx, identity.RenewRecoveryCodes{Code: in.code()})
			return &out[RecoveryCodes]{Body: fromCodes(got)}, err
		})

	remove := httpx.InGroup(httpx.RateAuth, httpx.Operation("second_factor.remove", http.MethodPost, path+"/removal", "Remove your authenticator app", tag))
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, func(ctx context.Context, in *codeIn) (*nothing, error) {
		_, err := s.RemoveSecondFactor(ctx, identity.RemoveSecondFactor{Code: in.code()})
		return nil, err
	})

	reset := httpx.InGroup(httpx.RateAdmin, httpx.Operation("second_factor.reset", http.MethodPost, "/api/v1/users/{id}/second-factor/reset", "Take somebody's second factor away, and end their sessions", tag))
	reset.DefaultStatus = http.StatusNoContent
	huma.Register(api, reset, func(ctx context.Context, in *ByID) (*nothing, error) {
		_, err := s.ResetSecondFactor(ctx, identity.ResetSecondFactor{User: in.ID})
		return nil, err
	})
}

// drawQR draws a text as the modules of a QR code, so that a console and a terminal
// both can show it.
func drawQR(text string) ([]string, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	size := code.Bounds().Dx()
	rows := make([]string, size)
	for y := range rows {
		var row strings.Builder
		for x := range size {
			module := byte('0')
			if dark, _, _, _ := code.At(x, y).RGBA(); dark == 0 {
				module = '1'
			}
			row.WriteByte(module)
		}
		rows[y] = row.String()
	}
	return rows, nil
}
