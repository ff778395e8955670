package tenancy

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// A membership says where it is: no database is asked, for there is none here.
func TestMembersNeedNotAskWhoseItIs(t *testing.T) {
	org, project := ident.New(), ident.New()
	member := command.Actor{
		Kind: command.User, ID: ident.New(), Organizations: map[ident.ID]permission.Role{org: Member},
		Projects: map[ident.ID]command.Membership{project: {Organization: org, Role: ProjectMember}},
	}
	if scope, err := ScopeFor(t.Context(), nil, member, project); err != nil || scope != (command.Scope{Organization: org, Project: project}) {
		t.Errorf("%+v, %v", scope, err)
	}
	if scope, err := ownOrganization(t.Context(), nil, member, org); err != nil || scope != (command.Scope{Organization: org}) {
		t.Errorf("%+v, %v", scope, err)
	}
}
