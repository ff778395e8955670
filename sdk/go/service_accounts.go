package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// ServiceAccounts are accounts of programs, with keys that can be replaced while they are in use.
type ServiceAccounts struct{ c *Client }

// List gives the organization's service accounts that the caller manages; of one project, unless it is empty.
func (s *ServiceAccounts) List(ctx context.Context, organizationID, projectID string) iter.Seq2[ServiceAccount, error] {
	values := url.Values{}
	if projectID != "" {
		values.Set("project_id", projectID)
	}
	return items[ServiceAccount](ctx, s.c, organizationPath(organizationID)+"/service-accounts", values)
}

// Create makes a service account. Its first key's secret is in this answer and never again.
func (s *ServiceAccounts) Create(ctx context.Context, organizationID string, in ServiceAccountCreateRequest) (*CreatedServiceAccount, error) {
	var out CreatedServiceAccount
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: organizationPath(organizationID) + "/service-accounts", body: in}, &out)
	return &out, err
}

// Get reads one service account.
func (s *ServiceAccounts) Get(ctx context.Context, id string) (*ServiceAccount, error) {
	return s.change(ctx, http.MethodGet, serviceAccountPath(id))
}

// Disable refuses its keys from the next request on.
func (s *ServiceAccounts) Disable(ctx context.Context, id string) (*ServiceAccount, error) {
	return s.change(ctx, http.MethodPost, serviceAccountPath(id)+"/disable")
}

// Enable lets its keys hold again.
func (s *ServiceAccounts) Enable(ctx context.Context, id string) (*ServiceAccount, error) {
	return s.change(ctx, http.MethodPost, serviceAccountPath(id)+"/enable")
}

// Delete revokes its keys and takes it out of the organization.
func (s *ServiceAccounts) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: serviceAccountPath(id)}, nil)
	return err
}

// Keys gives the keys that hold, without their secrets.
func (s *ServiceAccounts) Keys(ctx context.Context, id string) iter.Seq2[ServiceKey, error] {
	return items[ServiceKey](ctx, s.c, serviceAccountPath(id)+"/keys", nil)
}

// Rotate makes a new key and dates the end of the one before. The secret is in this answer and never again.
func (s *ServiceAccounts) Rotate(ctx context.Context, id string, in ServiceAccountRotateKeyRequest) (*RotatedServiceKey, error) {
	var out RotatedServiceKey
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: serviceAccountPath(id) + "/keys/rotate", body: in}, &out)
	return &out, err
}

// RevokeKey ends a key at once.
func (s *ServiceAccounts) RevokeKey(ctx context.Context, id, keyID string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: serviceAccountPath(id) + "/keys/" + url.PathEscape(keyID)}, nil)
	return err
}

func (s *ServiceAccounts) change(ctx context.Context, method, path string) (*ServiceAccount, error) {
	var out ServiceAccount
	_, err := s.c.do(ctx, request{method: method, path: path}, &out)
	return &out, err
}

func serviceAccountPath(id string) string { return "/service-accounts/" + url.PathEscape(id) }
