package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Organizations own projects, nodes and members.
type Organizations struct{ c *Client }

// List gives the organizations that the caller may see.
func (s *Organizations) List(ctx context.Context) iter.Seq2[Organization, error] {
	return items[Organization](ctx, s.c, "/organizations", nil)
}

// Get reads one organization.
func (s *Organizations) Get(ctx context.Context, id string) (*Organization, error) {
	var o Organization
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: organizationPath(id)}, &o)
	return &o, err
}

// Create makes an organization that the caller owns.
func (s *Organizations) Create(ctx context.Context, name string) (*Organization, error) {
	body := OrganizationCreateRequest{Name: name}
	var o Organization
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/organizations", body: body}, &o)
	return &o, err
}

// Rename gives an organization another name; its slug stays.
func (s *Organizations) Rename(ctx context.Context, id, name string) (*Organization, error) {
	body := OrganizationRenameRequest{Name: name}
	var o Organization
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: organizationPath(id), body: body}, &o)
	return &o, err
}

// Units gives the organization's departments and teams, parents before children.
func (s *Organizations) Units(ctx context.Context, id string) iter.Seq2[Unit, error] {
	return items[Unit](ctx, s.c, organizationPath(id)+"/units", nil)
}

// CreateUnit adds a unit.
func (s *Organizations) CreateUnit(ctx context.Context, id string, in UnitCreateRequest) (*Unit, error) {
	var u Unit
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: organizationPath(id) + "/units", body: in}, &u)
	return &u, err
}

// UpdateUnit renames a unit, or moves it with what is in it: what is empty stays, the nil UUID is no unit.
func (s *Organizations) UpdateUnit(ctx context.Context, unitID string, in UnitUpdateRequest) (*Unit, error) {
	var u Unit
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: "/units/" + url.PathEscape(unitID), body: in}, &u)
	return &u, err
}

// DeleteUnit removes a unit that has neither units nor projects in it.
func (s *Organizations) DeleteUnit(ctx context.Context, unitID string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/units/" + url.PathEscape(unitID)}, nil)
	return err
}

// Members gives who has a role in the organization.
func (s *Organizations) Members(ctx context.Context, id string) iter.Seq2[Member, error] {
	return items[Member](ctx, s.c, organizationPath(id)+"/members", nil)
}

// SetMember gives a user a role: organization.owner, organization.admin or organization.member.
func (s *Organizations) SetMember(ctx context.Context, id, userID, role string) error {
	return setMember(ctx, s.c, organizationPath(id), userID, role)
}

// RemoveMember takes a user's role away.
func (s *Organizations) RemoveMember(ctx context.Context, id, userID string) error {
	return removeMember(ctx, s.c, organizationPath(id), userID)
}

// Invite makes a link with which the person at this address registers and joins. The link is in this answer and never again.
func (s *Organizations) Invite(ctx context.Context, id, email, role string) (*CreatedInvitation, error) {
	body := InvitationCreateRequest{Email: email, Role: role}
	var out CreatedInvitation
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: organizationPath(id) + "/invitations", body: body}, &out)
	return &out, err
}

// Registration tells who may register: "closed" (nobody), "invited" (who holds an invitation) or "open".
func (s *Organizations) Registration(ctx context.Context) (string, error) {
	var out RegistrationMode
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/auth/registration"}, &out)
	return out.Mode, err
}

// Invitations gives the invitations that nobody has accepted yet, without their links.
func (s *Organizations) Invitations(ctx context.Context, id string) iter.Seq2[Invitation, error] {
	return items[Invitation](ctx, s.c, organizationPath(id)+"/invitations", nil)
}

// RevokeInvitation makes an invitation's link worthless.
func (s *Organizations) RevokeInvitation(ctx context.Context, invitationID string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/invitations/" + url.PathEscape(invitationID)}, nil)
	return err
}

// Join accepts an invitation: secret is what its link ends with.
func (s *Organizations) Join(ctx context.Context, secret string) (*Organization, error) {
	var o Organization
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/invitations/accept", body: InvitationAcceptRequest{Secret: secret}}, &o)
	return &o, err
}

func organizationPath(id string) string { return "/organizations/" + url.PathEscape(id) }
