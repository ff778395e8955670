package tenancy

import (
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// The roles that memberships grant. permission.Anyone, Authenticated, Self, Agent
// and System follow from how a caller arrived and are granted by nobody.
const (
	Operator permission.Role = "platform.operator" // runs the installation

	Owner  permission.Role = "organization.owner"  // owns money and people; the last one cannot leave
	Admin  permission.Role = "organization.admin"  // runs the organization, except for its owners
	Member permission.Role = "organization.member" // belongs to it; works where a project lets them

	ProjectManager permission.Role = "project.manager" // everything in the project
	ProjectMember  permission.Role = "project.member"  // runs work, manages their own
	ProjectViewer  permission.Role = "project.viewer"  // looks
)

// OrganizationRoles lists the roles of an organization's members, the highest first.
func OrganizationRoles() []permission.Role { return []permission.Role{Owner, Admin, Member} }

// ProjectRoles lists the roles of a project's members, the highest first.
func ProjectRoles() []permission.Role {
	return []permission.Role{ProjectManager, ProjectMember, ProjectViewer}
}

// rank orders roles by power: nobody grants, changes or removes a role above their own.
// Owners and admins of an organization stand above every role in its projects.
func rank(role permission.Role) int {
	order := []permission.Role{ProjectViewer, ProjectMember, ProjectManager, Member, Admin, Owner, Operator}
	return slices.Index(order, role)
}

// highest is the greatest rank among roles; -1 when none of them is granted by a membership.
func highest(roles []permission.Role) int {
	top := -1
	for _, role := range roles {
		top = max(top, rank(role))
	}
	return top
}
