package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Users looks after people. For operators.
type Users struct{ c *Client }

// UserFilter narrows people; what is empty does not narrow.
type UserFilter struct {
	Find     string // a part of the name or the address
	Status   string // "active", "invited" or "locked"
	PageSize int
}

func userPath(id, rest string) string { return "/users/" + url.PathEscape(id) + rest }

// List gives people, oldest account first.
func (s *Users) List(ctx context.Context, f UserFilter) iter.Seq2[ManagedUser, error] {
	return items[ManagedUser](ctx, s.c, "/users", query{}.set("find", f.Find).set("status", f.Status).size(f.PageSize).values())
}

// Get reads everything that operators see of somebody.
func (s *Users) Get(ctx context.Context, id string) (*UserOverview, error) {
	var out UserOverview
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: userPath(id, "")}, &out)
	return &out, err
}

// Create makes an account. The link with which they set their password is in this answer and never again.
func (s *Users) Create(ctx context.Context, in UserCreateRequest) (*PasswordLink, error) {
	var out PasswordLink
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/users", body: in}, &out)
	return &out, err
}

// UserChange is what operators say of somebody; what is nil stays.
type UserChange struct {
	Name     *string `json:"name,omitempty"`
	Email    *string `json:"email,omitempty"` // what they sign in with from now on
	Note     *string `json:"note,omitempty"`
	Operator *bool   `json:"operator,omitempty"` // whether they run the installation
}

// Update changes what operators say of somebody; what is nil stays.
func (s *Users) Update(ctx context.Context, id string, in UserChange) (*ManagedUser, error) {
	var out ManagedUser
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: userPath(id, ""), body: in}, &out)
	return &out, err
}

// Lock ends somebody's sessions and refuses their tokens. They are told the reason.
func (s *Users) Lock(ctx context.Context, id, reason string) (*ManagedUser, error) {
	var out ManagedUser
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: userPath(id, "/lock"), body: UserLockRequest{Reason: reason}}, &out)
	return &out, err
}

// Unlock lets somebody in again, also after too many wrong passwords.
func (s *Users) Unlock(ctx context.Context, id string) (*ManagedUser, error) {
	var out ManagedUser
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: userPath(id, "/unlock")}, &out)
	return &out, err
}

// ResetPassword takes somebody's password away. The link for another is in this answer and never again.
func (s *Users) ResetPassword(ctx context.Context, id string) (*PasswordLink, error) {
	var out PasswordLink
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: userPath(id, "/password")}, &out)
	return &out, err
}

// Delete forgets somebody, with what they ran if work says so.
func (s *Users) Delete(ctx context.Context, id string, work bool) error {
	q := query{}
	if work {
		q.set("executions", "delete")
	}
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: userPath(id, ""), query: q.values()}, nil)
	return err
}
