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

// ListAll gives the projects that the caller may see: of one organization, or of all if it is empty; on request also the
// archived ones.
func (s *Projects) ListAll(ctx context.Context, organizationID string, archived bool) iter.Seq2[Project, error] {
	q := query{}.set("organization_id", organizationID)
	if archived {
		q = q.set("archived", "true")
	}
	return items[Project](ctx, s.c, "/projects", q.values())
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

// Update renames a project or moves it into another unit: what is empty stays, the nil UUID is no unit.
func (s *Projects) Update(ctx context.Context, id string, in ProjectUpdateRequest) (*Project, error) {
	var p Project
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: projectPath(id), body: in}, &p)
	return &p, err
}

// Restore lets an archived project take work again.
func (s *Projects) Restore(ctx context.Context, id string) (*Project, error) {
	var p Project
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: projectPath(id) + "/restore"}, &p)
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
