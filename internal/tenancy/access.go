package tenancy

import (
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// AccessColumns and AccessJoins are the part of identity's one query per request
// that tenancy owns: the memberships of the account aliased a, as parallel arrays
// that Access reads.
const (
	AccessColumns = `om.organization_ids, om.organization_roles, pm.project_ids, pm.project_organization_ids, pm.project_roles`
	AccessJoins   = `
CROSS JOIN LATERAL (
	SELECT array_agg(organization_id) AS organization_ids, array_agg(role) AS organization_roles
	FROM organization_member WHERE user_id = a.id) om
CROSS JOIN LATERAL (
	SELECT array_agg(project_id) AS project_ids, array_agg(organization_id) AS project_organization_ids, array_agg(role) AS project_roles
	FROM project_member WHERE user_id = a.id) pm`
)

// Access is what AccessColumns select.
type Access struct {
	OrganizationIDs        []ident.ID        `db:"organization_ids"`
	OrganizationRoles      []permission.Role `db:"organization_roles"`
	ProjectIDs             []ident.ID        `db:"project_ids"`
	ProjectOrganizationIDs []ident.ID        `db:"project_organization_ids"`
	ProjectRoles           []permission.Role `db:"project_roles"`
}

// Grant writes the memberships into the actor.
func (a Access) Grant(actor *command.Actor) {
	actor.Organizations = make(map[ident.ID]permission.Role, len(a.OrganizationIDs))
	for i, id := range a.OrganizationIDs {
		actor.Organizations[id] = a.OrganizationRoles[i]
	}
	actor.Projects = make(map[ident.ID]command.Membership, len(a.ProjectIDs))
	for i, id := range a.ProjectIDs {
		actor.Projects[id] = command.Membership{Organization: a.ProjectOrganizationIDs[i], Role: a.ProjectRoles[i]}
	}
}

// Sees tells whether somebody holds any role in scope, so that it may be named to them.
func Sees(actor command.Actor, scope command.Scope) bool { return highest(actor.RolesIn(scope)) >= 0 }

// roleInProject is the caller's effective role in a project: owners and admins of the
// organization manage all its projects.
func roleInProject(actor command.Actor, p Project) permission.Role {
	switch actor.Organizations[p.OrganizationID] {
	case Owner, Admin:
		return ProjectManager
	}
	return actor.Projects[p.ID].Role
}

// managed lists the organizations in which the caller sees every project.
func managed(actor command.Actor) []ident.ID {
	var ids []ident.ID
	for id, role := range actor.Organizations {
		if role == Owner || role == Admin {
			ids = append(ids, id)
		}
	}
	return ids
}
