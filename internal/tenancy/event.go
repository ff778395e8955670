package tenancy

import (
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// Facts about organizations, their units, people and invitations. The aggregate is
// the organization (for invitations the invitation), whose version counts them.
type (
	OrganizationCreated struct {
		Personal bool `json:"personal"`
	}
	OrganizationRenamed   struct{}
	OrganizationMemberSet struct {
		UserID ident.ID        `json:"user_id"`
		Role   permission.Role `json:"role"`
		Before permission.Role `json:"before,omitempty"` // empty: joined
	}
	OrganizationMemberRemoved struct {
		UserID ident.ID        `json:"user_id"`
		Role   permission.Role `json:"role"`
	}
	UnitCreated struct {
		UnitID   ident.ID `json:"unit_id"`
		ParentID ident.ID `json:"parent_id,omitzero"`
	}
	UnitUpdated struct {
		UnitID   ident.ID `json:"unit_id"`
		ParentID ident.ID `json:"parent_id,omitzero"` // where it is now
		Renamed  bool     `json:"renamed"`
	}
	UnitDeleted struct {
		UnitID ident.ID `json:"unit_id"`
	}
	InvitationCreated struct {
		Role permission.Role `json:"role"`
	}
	InvitationAccepted struct {
		UserID ident.ID `json:"user_id"`
	}
	InvitationRevoked struct{}
)

// Facts about a project.
type (
	ProjectCreated struct {
		UnitID ident.ID `json:"unit_id,omitzero"`
	}
	ProjectUpdated struct {
		Renamed bool     `json:"renamed"`
		UnitID  ident.ID `json:"unit_id,omitzero"`
	}
	ProjectArchived  struct{}
	ProjectRestored  struct{}
	ProjectMemberSet struct {
		UserID ident.ID        `json:"user_id"`
		Role   permission.Role `json:"role"`
		Before permission.Role `json:"before,omitempty"` // empty: joined
	}
	ProjectMemberRemoved struct {
		UserID ident.ID        `json:"user_id"`
		Role   permission.Role `json:"role"`
	}
)

// EventType names the fact.
func (OrganizationCreated) EventType() string { return "organization.created.v1" }

// EventType names the fact.
func (OrganizationRenamed) EventType() string { return "organization.renamed.v1" }

// EventType names the fact.
func (OrganizationMemberSet) EventType() string { return "organization.member_set.v1" }

// EventType names the fact.
func (OrganizationMemberRemoved) EventType() string { return "organization.member_removed.v1" }

// EventType names the fact.
func (UnitCreated) EventType() string { return "organization.unit_created.v1" }

// EventType names the fact.
func (UnitUpdated) EventType() string { return "organization.unit_updated.v1" }

// EventType names the fact.
func (UnitDeleted) EventType() string { return "organization.unit_deleted.v1" }

// EventType names the fact.
func (InvitationCreated) EventType() string { return "invitation.created.v1" }

// EventType names the fact.
func (InvitationAccepted) EventType() string { return "invitation.accepted.v1" }

// EventType names the fact.
func (InvitationRevoked) EventType() string { return "invitation.revoked.v1" }

// EventType names the fact.
func (ProjectCreated) EventType() string { return "project.created.v1" }

// EventType names the fact.
func (ProjectUpdated) EventType() string { return "project.updated.v1" }

// EventType names the fact.
func (ProjectArchived) EventType() string { return "project.archived.v1" }

// EventType names the fact.
func (ProjectRestored) EventType() string { return "project.restored.v1" }

// EventType names the fact.
func (ProjectMemberSet) EventType() string { return "project.member_set.v1" }

// EventType names the fact.
func (ProjectMemberRemoved) EventType() string { return "project.member_removed.v1" }
