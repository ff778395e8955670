package stoa

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
)

// Limits reads and changes settings and limits.
type Limits struct{ c *Client }

// LimitTarget is whose value is meant: of everybody (Kind "global"), of one organization, unit, project or user, or
// of a user within one organization (Kind "member").
type LimitTarget struct {
	Kind           string
	ID             string // empty for global; of a member: the user
	OrganizationID string // of a member
}

// List gives every setting and limit with the value that applies to the caller in this project (empty: the default one).
func (s *Limits) List(ctx context.Context, projectID string) iter.Seq2[Limit, error] {
	return items[Limit](ctx, s.c, "/limits", query{}.set("project_id", projectID).values())
}

// ListFor gives them with the value that applies to a user in this project (empty: in none). For operators.
func (s *Limits) ListFor(ctx context.Context, userID, projectID string) iter.Seq2[Limit, error] {
	return items[Limit](ctx, s.c, "/limits", query{}.set("user_id", userID).set("project_id", projectID).values())
}

// ListMember gives them with the value that applies to a user in an organization. For its administrators.
func (s *Limits) ListMember(ctx context.Context, organizationID, userID string) iter.Seq2[Limit, error] {
	return items[Limit](ctx, s.c, "/organizations/"+url.PathEscape(organizationID)+"/members/"+url.PathEscape(userID)+"/limits", nil)
}

// Set gives a scope a value: a JSON number or string, as the definition asks.
func (s *Limits) Set(ctx context.Context, name string, scope LimitTarget, value json.RawMessage) error {
	body := LimitSetRequest{Scope: scope.Kind, ScopeID: scope.ID, OrganizationID: scope.OrganizationID, Value: value}
	_, err := s.c.do(ctx, request{method: http.MethodPut, path: "/limits/" + url.PathEscape(name), body: body}, nil)
	return err
}

// Reset takes a scope's value away, so that the next scope's applies.
func (s *Limits) Reset(ctx context.Context, name string, scope LimitTarget) error {
	q := query{}.set("scope", scope.Kind).set("scope_id", scope.ID).set("organization_id", scope.OrganizationID).values()
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/limits/" + url.PathEscape(name), query: q}, nil)
	return err
}

// Rates gives the caller's request rates, with what is left of each. Asking is a request of the caller's, too.
func (s *Limits) Rates(ctx context.Context) iter.Seq2[Rate, error] {
	return items[Rate](ctx, s.c, "/rates", nil)
}

// RatesFor gives those of a user or service account. For operators.
func (s *Limits) RatesFor(ctx context.Context, userID string) iter.Seq2[Rate, error] {
	return items[Rate](ctx, s.c, "/rates", query{}.set("user_id", userID).values())
}

// RatesOfMember gives them as they apply to a user in an organization. For its administrators.
func (s *Limits) RatesOfMember(ctx context.Context, organizationID, userID string) iter.Seq2[Rate, error] {
	return items[Rate](ctx, s.c, "/organizations/"+url.PathEscape(organizationID)+"/members/"+url.PathEscape(userID)+"/rates", nil)
}

// ResetRates makes a user's or service account's request rates whole again: what was used so far counts no more. For operators.
func (s *Limits) ResetRates(ctx context.Context, userID string) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/rates/reset", body: RateResetRequest{UserID: userID}}, nil)
	return err
}
