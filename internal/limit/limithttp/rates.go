package limithttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Rate is how many requests of a group of operations an account may make, and what is left of that.
type Rate struct {
	Group         string     `json:"group" enum:"execute,api,admin,auth,stream" doc:"execute: submitted executions. api: other requests. admin: administrative changes. auth: sign-ins and the like. stream: event streams and attachments opened, by SSE and WebSocket."`
	Limited       bool       `json:"limited" doc:"False: rate.bypass lifts it, and the numbers are 0."`
	Requests      int64      `json:"requests" doc:"In each window."`
	WindowSeconds int64      `json:"window_seconds"`
	Burst         int64      `json:"burst" doc:"As many may come at once, when none came for a while."`
	Remaining     int64      `json:"remaining" doc:"As many would be let through right now, of burst; as this replica has counted."`
	ResetSeconds  int64      `json:"reset_seconds" doc:"Until the whole burst is there again, if no more come."`
	RetrySeconds  int64      `json:"retry_seconds" doc:"Until the next one is let through; 0: at once."`
	Rules         []RateRule `json:"rules" doc:"The settings that make it: rate.GROUP, rate.GROUP.burst_percent, rate.multiplier_percent and rate.bypass."`
	ResetAt       *time.Time `json:"reset_at,omitempty" doc:"When an operator last made it whole again."`
}

// RateRule is a setting that makes a rate, and whose it is.
type RateRule struct {
	Name         string   `json:"name" example:"rate.execute"`
	Value        int64    `json:"value"`
	Unit         string   `json:"unit" example:"requests/minute"`
	Scope        string   `json:"scope" enum:"global,organization,unit,project,member,user" doc:"Whose value it is."`
	Owner        ident.ID `json:"owner,omitzero" doc:"The organization, unit, project or user whose value it is."`
	Organization ident.ID `json:"organization_id,omitzero" doc:"Of a member's value: the organization."`
}

func registerRates(api huma.API, s *limit.Slice) {
	list := httpx.Operation("rate.list", http.MethodGet, "/api/v1/rates", "List request rates, and what is left of them", tag)
	list.Description = "The caller's own; operators see anybody's. Asking counts as a request of the caller's."
	huma.Register(api, list, func(ctx context.Context, in *struct {
		User ident.ID `query:"user_id" doc:"Operators: of this user or service account."`
	},
	) (*httpx.List[Rate], error) {
		return presentRates(s.Rates(ctx, limit.ListRates{User: in.User}))
	})
	of := httpx.Operation("rate.member", http.MethodGet, "/api/v1/organizations/{id}/members/{user_id}/rates", "List a member's request rates, and what is left of them", tag)
	of.Description = "As they apply to the member in this organization. For the organization's administrators; only operators change them."
	huma.Register(api, of, func(ctx context.Context, in *struct {
		ID   ident.ID `path:"id"`
		User ident.ID `path:"user_id"`
	},
	) (*httpx.List[Rate], error) {
		return presentRates(s.MemberRates(ctx, limit.RatesOfMember{Organization: in.ID, User: in.User}))
	})
	reset := httpx.Operation("rate.reset", http.MethodPost, "/api/v1/rates/reset", "Make somebody's request rates whole again", tag)
	reset.Description = "What they have used so far counts no more, in every replica within seconds. The settings stay. For operators."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, reset), func(ctx context.Context, in *struct {
		Body struct {
			User ident.ID `json:"user_id" doc:"The user or service account."`
		}
	},
	) (*struct{}, error) {
		_, err := s.ResetRates(ctx, limit.ResetRates{User: in.Body.User})
		return nil, err
	})
}

func presentRates(all []limit.Rate, err error) (*httpx.List[Rate], error) {
	if err != nil {
		return nil, err
	}
	return httpx.Listed(all, presentRate), nil
}

func presentRate(r limit.Rate) Rate {
	shown := Rate{
		Group: r.Group, Limited: r.Limited, Requests: r.Policy.Requests, WindowSeconds: seconds(r.Policy.Window), Burst: r.Policy.Burst,
		Remaining: r.Left.Remaining, ResetSeconds: seconds(r.Left.ResetAfter), RetrySeconds: seconds(r.Left.RetryAfter),
		Rules: []RateRule{ruled(r.Rule.Requests), ruled(r.Rule.Burst), ruled(r.Rule.Multiplier), ruled(r.Rule.Bypass)},
	}
	if !r.ResetAt.IsZero() {
		shown.ResetAt = &r.ResetAt
	}
	return shown
}

func ruled(v limit.Value) RateRule {
	return RateRule{Name: v.Name, Value: v.Number, Unit: v.Unit, Scope: string(v.Scope), Owner: v.Owner, Organization: v.Within}
}

// seconds rounds up: who waits this long is not too early.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
