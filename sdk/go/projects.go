package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Projects own workloads.
type Projects struct{ c *Client }

// List gives the projects that the caller may see.
func (s *Projects) List(ctx context.Context) iter.Seq2[Project, error] {
	return items[Project](ctx, s.c, "/projects", nil)
}

// Get reads one project.
func (s *Projects) Get(ctx context.Context, id string) (*Project, error) {
	var p Project
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: projectPath(id)}, &p)
	return &p, err
}

// Create makes a project.
func (s *Projects) Create(ctx context.Context, in ProjectCreateRequest) (*Project, error) {
	var p Project
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/projects", body: in}, &p)
	return &p, err
}

// Delete archives a project: it takes no new work.
func (s *Projects) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: projectPath(id)}, nil)
	return err
}

// Members gives who has a role in the project.
func (s *Projects) Members(ctx context.Context, id string) iter.Seq2[Member, error] {
	return items[Member](ctx, s.c, projectPath(id)+"/members", nil)
}

// SetMember gives a user a role: project.manager, project.member or project.viewer.
func (s *Projects) SetMember(ctx context.Context, id, userID, role string) error {
	return setMember(ctx, s.c, projectPath(id), userID, role)
}

// RemoveMember takes a user's role away.
func (s *Projects) RemoveMember(ctx context.Context, id, userID string) error {
	return removeMember(ctx, s.c, projectPath(id), userID)
}

func setMember(ctx context.Context, c *Client, parent, userID, role string) error {
	body := ProjectSetMemberRequest{Role: role}
	_, err := c.do(ctx, request{method: http.MethodPut, path: parent + "/members/" + url.PathEscape(userID), body: body}, nil)
	return err
}

func removeMember(ctx context.Context, c *Client, parent, userID string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: parent + "/members/" + url.PathEscape(userID)}, nil)
	return err
}

func projectPath(id string) string { return "/projects/" + url.PathEscape(id) }
