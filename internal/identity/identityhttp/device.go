package identityhttp

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// DeviceCodes is what a program shows to a person, and what it keeps (RFC 8628, section 3.2).
type DeviceCodes struct {
	DeviceCode              string `json:"device_code" doc:"The program's own; it asks for its token with it."`
	UserCode                string `json:"user_code" example:"WDJB-MJHT" doc:"What the person types."`
	VerificationURI         string `json:"verification_uri" format:"uri" doc:"Where they type it."`
	VerificationURIComplete string `json:"verification_uri_complete" format:"uri" doc:"The same, with the code filled in."`
	ExpiresIn               int64  `json:"expires_in" doc:"How long both codes hold, in seconds."`
	Interval                int64  `json:"interval" doc:"How many seconds to wait between two questions."`
}

// DeviceToken is the program's token, which OAuth has other names for (RFC 6749, section 5.1).
type DeviceToken struct {
	Token       Token  `json:"token"`
	Secret      string `json:"secret" doc:"Send it as “Authorization: Bearer …”; shown once."`
	AccessToken string `json:"access_token" doc:"The secret, where clients of OAuth look for it."`
	TokenType   string `json:"token_type" enum:"Bearer"`
	ExpiresIn   int64  `json:"expires_in,omitempty" doc:"How long it lasts, in seconds."`
}

// Device is a program that waits to be signed in.
type Device struct {
	ID            string                `json:"id" format:"uuid"`
	Status        identity.DeviceStatus `json:"status" enum:"pending,approved,denied,redeemed"`
	Name          string                `json:"name" doc:"What it calls itself; nobody has checked that."`
	RemoteAddress string                `json:"remote_address,omitempty" doc:"Where it asked from."`
	UserAgent     string                `json:"user_agent,omitempty"`
	ExpiresInDays int                   `json:"expires_in_days" doc:"How long its token will last."`
	CreatedAt     time.Time             `json:"created_at"`
	ExpiresAt     time.Time             `json:"expires_at" doc:"When the code stops to hold."`
}

func fromDevice(d identity.Device) Device {
	return Device{
		ID: d.ID.String(), Status: d.Status, Name: d.Name, RemoteAddress: d.RemoteAddress, UserAgent: d.UserAgent,
		ExpiresInDays: d.Days, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt,
	}
}

func registerDevice(api huma.API, s *identity.Slice, address func() string) {
	start := public("device.start", http.MethodPost, "/api/v1/auth/device", "Ask for a program to be signed in by a person (RFC 8628)")
	start.Description = "Clients of OAuth send a form instead, whose client_id is what the program calls itself."
	start.Middlewares = huma.Middlewares{orForm(map[string]string{"client_id": "name"})}
	huma.Register(api, start,
		func(ctx context.Context, in *struct {
			Browser
			Body struct {
				Name          string `json:"name" minLength:"1" maxLength:"100" doc:"What the program calls itself; its token's name."`
				ExpiresInDays int    `json:"expires_in_days,omitempty" minimum:"1" maximum:"3650" default:"90" doc:"How long its token shall last."`
			}
		},
		) (*out[DeviceCodes], error) {
			got, err := s.StartDevice(ctx, identity.StartDevice{Name: in.Body.Name, Days: in.Body.ExpiresInDays, UserAgent: in.UserAgent})
			if err != nil {
				return nil, err
			}
			page := address() + "/device"
			return &out[DeviceCodes]{Body: DeviceCodes{
				DeviceCode: got.DeviceCode.Reveal(), UserCode: got.UserCode.Reveal(), VerificationURI: page,
				VerificationURIComplete: page + "?code=" + url.QueryEscape(got.UserCode.Reveal()),
				ExpiresIn:               int64(got.ExpiresIn.Seconds()), Interval: int64(got.Interval.Seconds()),
			}}, nil
		})

	// The device code has 160 random bits: who asks for a token does not guess, so that the rate of sign-ins is kept for those who could.
	redeem := httpx.InGroup(httpx.RateAPI, public("device.redeem", http.MethodPost, "/api/v1/auth/device/token", "Ask for the token of a program that a person signs in"))
	redeem.Description = "Clients of OAuth send a form instead, with the device_code."
	redeem.Middlewares = huma.Middlewares{orForm(map[string]string{"device_code": "device_code"})}
	refusedAsOAuth(api, &redeem)
	huma.Register(api, redeem, func(ctx context.Context, in *struct {
		Body struct {
			DeviceCode string `json:"device_code" minLength:"1" maxLength:"200"`
		}
	},
	) (*out[DeviceToken], error) {
		made, err := s.RedeemDevice(ctx, identity.RedeemDevice{DeviceCode: secret.New(in.Body.DeviceCode)})
		if err != nil {
			return nil, refuseAsOAuth(err)
		}
		got := DeviceToken{Token: fromToken(made.Token), Secret: made.Secret.Reveal(), AccessToken: made.Secret.Reveal(), TokenType: "Bearer"}
		if at := made.Token.ExpiresAt; at != nil {
			got.ExpiresIn = int64(at.Sub(made.Token.CreatedAt).Seconds())
		}
		return &out[DeviceToken]{Body: got}, nil
	})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("device.get", http.MethodGet, "/api/v1/auth/device", "Show which program waits with a code", tag)),
		func(ctx context.Context, in *struct {
			UserCode string `query:"user_code" required:"true" maxLength:"20"`
		},
		) (*out[Device], error) {
			d, err := s.Device(ctx, identity.GetDevice{UserCode: secret.New(in.UserCode)})
			return &out[Device]{Body: fromDevice(d)}, err
		})

	huma.Register(api, httpx.InGroup(httpx.RateAuth, httpx.Operation("device.decide", http.MethodPost, "/api/v1/auth/device/decision", "Let a program act as you, or refuse it", tag)),
		func(ctx context.Context, in *struct {
			Body struct {
				UserCode string `json:"user_code" maxLength:"20"`
				Approve  bool   `json:"approve"`
			}
		},
		) (*out[Device], error) {
			d, err := s.DecideDevice(ctx, identity.DecideDevice{UserCode: secret.New(in.Body.UserCode), Approve: in.Body.Approve})
			return &out[Device]{Body: fromDevice(d)}, err
		})
}

// oauthProblem is a problem that clients of OAuth find their error in (RFC 6749, section 5.2).
type oauthProblem struct {
	*httpx.ProblemDetails
	OAuthError string `json:"error,omitempty"`
}

// refusedAsOAuth documents that an operation's errors carry OAuth's name too.
func refusedAsOAuth(api huma.API, op *huma.Operation) {
	type DeviceRefusal struct {
		httpx.ProblemDetails
		OAuthError string `json:"error,omitempty" doc:"OAuth's name of it; the same as the code." enum:"authorization_pending,slow_down,access_denied,expired_token,invalid_grant"`
	}
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[DeviceRefusal](), true, "DeviceRefusal")
	op.Responses = map[string]*huma.Response{}
	for _, status := range op.Errors {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	op.Errors = nil
}

// refuseAsOAuth gives a refusal the status and the name that RFC 8628 asks for.
func refuseAsOAuth(err error) error {
	p, ok := httpx.Problem(err).(*httpx.ProblemDetails)
	if !ok || fault.KindOf(err) != fault.Invalid {
		return err
	}
	p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	return oauthProblem{p, p.Code}
}
