package tenancy

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestCreateProject(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	p, err := h.CreateProject(h.as(owner), CreateProject{Name: "Web Shop"}) // in the default organization
	wantCode(t, err, "")
	if p.OrganizationID != place.Organization || p.Slug != "web-shop" || p.Role != ProjectManager {
		t.Errorf("%+v", p)
	}
	again, err := h.CreateProject(h.as(owner), CreateProject{OrganizationID: place.Organization, Name: "Web shop"})
	wantCode(t, err, "")
	if again.Slug == p.Slug {
		t.Error("two projects have one slug")
	}
	_, err = h.CreateProject(h.as(h.member(place, Member, ProjectManager)), CreateProject{OrganizationID: place.Organization, Name: "Mine"})
	wantCode(t, err, "denied")
	_, err = h.CreateProject(h.as(ident.New()), CreateProject{Name: "Nowhere"})
	wantCode(t, err, "organization.required")

	// An operator does not become a member of what they do not belong to.
	theirs, err := h.CreateProject(h.as(ident.New(), Operator), CreateProject{OrganizationID: place.Organization, Name: "Given"})
	wantCode(t, err, "")
	if theirs.Role != "" {
		t.Errorf("%+v", theirs)
	}
}

func TestRolesInAProject(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	callers := map[permission.Role]context.Context{
		Owner:          h.as(owner),
		Admin:          h.as(h.member(place, Admin, "")),
		ProjectManager: h.as(h.member(place, Member, ProjectManager)),
		ProjectMember:  h.as(h.member(place, Member, ProjectMember)),
		ProjectViewer:  h.as(h.member(place, Member, ProjectViewer)),
		Member:         h.as(h.member(place, Member, "")),
		Operator:       h.as(ident.New(), Operator),
	}
	name := "Renamed"
	for role, codes := range map[permission.Role]struct{ get, update string }{
		Owner: {}, Admin: {}, ProjectManager: {}, Operator: {},
		ProjectMember: {update: "denied"}, ProjectViewer: {update: "denied"},
		Member: {get: "denied", update: "denied"}, // of the organization: it may be named, not opened
	} {
		t.Run(string(role), func(t *testing.T) {
			_, err := h.Project(callers[role], GetProject{ProjectID: place.Project})
			wantCode(t, err, codes.get)
			_, err = h.UpdateProject(callers[role], UpdateProject{ProjectID: place.Project, Name: &name})
			wantCode(t, err, codes.update)
		})
	}
}

func TestArchivedProjectsTakeNoNewWork(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	scope := func(ctx context.Context) (command.Scope, error) {
		return WorkScope(ctx, h.db, command.RequestFrom(ctx).Actor, place.Project)
	}
	want := command.Scope{Organization: place.Organization, Project: place.Project}
	if got, err := scope(h.as(owner)); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	p, err := h.ArchiveProject(h.as(owner), ArchiveProject{ProjectID: place.Project})
	wantCode(t, err, "")
	if p.ArchivedAt == nil || !p.ArchivedAt.Equal(h.now) {
		t.Errorf("%+v", p)
	}
	_, err = scope(h.as(owner))
	wantCode(t, err, "project.archived")
	if _, err = scope(h.as(ident.New())); err != nil { // strangers are refused by the roles, with 404
		t.Errorf("a stranger learns that it is archived: %v", err)
	}
	_, err = h.ArchiveProject(h.as(owner), ArchiveProject{ProjectID: place.Project})
	wantCode(t, err, "project.archived")

	list := func(archived bool) (n int) {
		page, err := h.Projects(h.as(owner), ListProjects{Archived: archived})
		wantCode(t, err, "")
		return len(page.Items)
	}
	if list(false) != 0 || list(true) != 1 {
		t.Errorf("listed: %d, with archived %d", list(false), list(true))
	}
	_, err = h.RestoreProject(h.as(owner), RestoreProject{ProjectID: place.Project})
	wantCode(t, err, "")
	_, err = h.RestoreProject(h.as(owner), RestoreProject{ProjectID: place.Project})
	wantCode(t, err, "project.not_archived")
	if _, err = scope(h.as(owner)); err != nil {
		t.Error(err)
	}
	if got := h.eventTypes(place.Project); !cmp.Equal(got, []string{"project.created.v1", "project.archived.v1", "project.restored.v1"}) {
		t.Error(got)
	}
}

func TestProjectMembers(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	member := h.member(place, Member, "")
	set := func(ctx context.Context, user ident.ID, role permission.Role) error {
		_, err := h.SetProjectMember(ctx, SetProjectMember{ProjectID: place.Project, UserID: user, Role: role})
		return err
	}
	wantCode(t, set(h.as(owner), member, ProjectViewer), "")
	wantCode(t, set(h.as(member), member, ProjectManager), "denied")
	wantCode(t, set(h.as(owner), ident.New(), ProjectViewer), "project.not_in_organization")
	wantCode(t, set(h.as(owner), member, Owner), "tenancy.role")
	manager := h.member(place, Member, ProjectManager)
	wantCode(t, set(h.as(manager), member, ProjectManager), "")

	remove := func(ctx context.Context, user ident.ID) error {
		_, err := h.RemoveProjectMember(ctx, RemoveProjectMember{ProjectID: place.Project, UserID: user})
		return err
	}
	viewer := h.member(place, Member, ProjectViewer)
	wantCode(t, remove(h.as(viewer), manager), "denied")
	wantCode(t, remove(h.as(viewer), viewer), "") // leaves
	wantCode(t, remove(h.as(manager), viewer), "tenancy.no_member")
	page, err := h.ProjectMembers(h.as(manager), ListProjectMembers{ProjectID: place.Project})
	wantCode(t, err, "")
	if len(page.Items) != 3 { // the owner, the manager, the member
		t.Errorf("%+v", page.Items)
	}
	if got := h.eventTypes(place.Project); !cmp.Equal(got, []string{
		"project.created.v1", "project.member_set.v1", "project.member_set.v1", "project.member_removed.v1",
	}) {
		t.Error(got)
	}
}

func TestProjectsAreListedToThoseWhoSeeThem(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	second, err := h.CreateProject(h.as(owner), CreateProject{Name: "Second"})
	wantCode(t, err, "")
	roles := func(ctx context.Context, in ListProjects) map[ident.ID]permission.Role {
		got := map[ident.ID]permission.Role{}
		page, err := h.Projects(ctx, in)
		wantCode(t, err, "")
		for _, p := range page.Items {
			got[p.ID] = p.Role
		}
		return got
	}
	both := map[ident.ID]permission.Role{place.Project: ProjectManager, second.ID: ProjectManager}
	viewer := h.member(place, Member, ProjectViewer)
	narrow := command.RequestFrom(h.as(owner)).Actor
	narrow.OnlyProject = second.ID
	for name, c := range map[string]struct {
		ctx  context.Context
		in   ListProjects
		want map[ident.ID]permission.Role
	}{
		"the owner":                      {h.as(owner), ListProjects{}, both},
		"an admin without a seat":        {h.as(h.member(place, Admin, "")), ListProjects{}, both},
		"a viewer of one":                {h.as(viewer), ListProjects{}, map[ident.ID]permission.Role{place.Project: ProjectViewer}},
		"a viewer who asks for all":      {h.as(viewer), ListProjects{All: true}, map[ident.ID]permission.Role{place.Project: ProjectViewer}},
		"a stranger":                     {h.as(ident.New()), ListProjects{All: true}, map[ident.ID]permission.Role{}},
		"a token for one project":        {h.with(narrow), ListProjects{}, map[ident.ID]permission.Role{second.ID: ProjectManager}},
		"an operator, the organization":  {h.as(ident.New(), Operator), ListProjects{All: true, OrganizationID: place.Organization}, map[ident.ID]permission.Role{place.Project: "", second.ID: ""}},
		"an operator, what is their own": {h.as(ident.New(), Operator), ListProjects{}, map[ident.ID]permission.Role{}},
	} {
		if got := roles(c.ctx, c.in); !cmp.Equal(got, c.want) {
			t.Errorf("%s: %s", name, cmp.Diff(c.want, got))
		}
	}
}

func TestTheProjectThatACallerMeans(t *testing.T) {
	asked, bound, own := ident.New(), ident.New(), ident.New()
	for _, c := range []struct {
		actor     command.Actor
		requested ident.ID
		want      ident.ID
		code      string
	}{
		{command.Actor{DefaultProject: own}, ident.ID{}, own, ""},
		{command.Actor{DefaultProject: own}, asked, asked, ""},
		{command.Actor{DefaultProject: own, OnlyProject: bound}, ident.ID{}, bound, ""},
		{command.Actor{}, ident.ID{}, ident.ID{}, "project.required"},
	} {
		got, err := ResolveProject(t.Context(), nil, c.actor, c.requested)
		wantCode(t, err, c.code)
		if got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	h := open(t)
	_, err := ProjectScope(t.Context(), h.db, ident.New())
	wantCode(t, err, "not_found")
}

func TestATokenForOneProjectReachesNothingElse(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	actor := command.RequestFrom(h.as(owner)).Actor
	actor.OnlyProject = place.Project
	ctx := h.with(actor)
	_, err := h.Project(ctx, GetProject{ProjectID: place.Project})
	wantCode(t, err, "")
	_, err = h.Organization(ctx, GetOrganization{OrganizationID: place.Organization})
	wantCode(t, err, "not_found")
	_, err = h.CreateOrganization(ctx, CreateOrganization{Name: "Beside"})
	wantCode(t, err, "token_scope")
	second, err := h.CreateProject(h.as(owner), CreateProject{Name: "Second"})
	wantCode(t, err, "")
	_, err = h.Project(ctx, GetProject{ProjectID: second.ID})
	wantCode(t, err, "not_found")
}

func TestWhatOneOwnsInAProjectIsTheirsWhileTheyBelong(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	member := h.member(place, Member, ProjectMember)
	mayCancel := func() bool {
		own := command.Scope{Organization: place.Organization, Project: place.Project, Owner: member}
		return Permissions().Allows("execution.cancel", command.RequestFrom(h.as(member)).Actor.RolesIn(own))
	}
	if !mayCancel() {
		t.Error("a member may not cancel their own run")
	}
	_, err := h.RemoveOrganizationMember(h.as(owner), RemoveOrganizationMember{OrganizationID: place.Organization, UserID: member})
	wantCode(t, err, "")
	if mayCancel() {
		t.Error("somebody who left may still cancel")
	}
}

func TestUnits(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	_, elsewhere := h.settler()
	ctx := h.as(owner)
	unit := func(name string, parent ident.ID, code string) ident.ID {
		t.Helper()
		u, err := h.CreateUnit(ctx, CreateUnit{OrganizationID: place.Organization, ParentID: parent, Name: name})
		wantCode(t, err, code)
		return u.ID
	}
	science := unit("Science", ident.ID{}, "")
	physics := unit("Physics", science, "")
	unit("Physics", science, "unit.name_taken")
	unit("Science", ident.ID{}, "unit.name_taken")
	unit("Physics", ident.ID{}, "")
	unit("Lost", ident.New(), "unit.unknown")

	_, err := h.UpdateProject(ctx, UpdateProject{ProjectID: place.Project, UnitID: &physics})
	wantCode(t, err, "")
	_, err = h.UpdateProject(ctx, UpdateProject{ProjectID: place.Project})
	wantCode(t, err, "project.nothing_to_change")
	at, err := LocateProject(t.Context(), h.db, place.Project)
	wantCode(t, err, "")
	if want := (Location{place.Organization, []ident.ID{physics, science}, place.Project}); !cmp.Equal(at, want) {
		t.Error(cmp.Diff(want, at))
	}
	_, err = h.DeleteUnit(ctx, DeleteUnit{ID: science})
	wantCode(t, err, "unit.in_use")
	_, err = h.DeleteUnit(ctx, DeleteUnit{ID: physics})
	wantCode(t, err, "unit.in_use")
	var top ident.ID
	p, err := h.UpdateProject(ctx, UpdateProject{ProjectID: place.Project, UnitID: &top})
	wantCode(t, err, "")
	if !p.UnitID.IsZero() {
		t.Errorf("%+v", p)
	}
	for _, id := range []ident.ID{physics, science} {
		_, err = h.DeleteUnit(ctx, DeleteUnit{ID: id})
		wantCode(t, err, "")
	}
	units, err := h.Units(ctx, ListUnits{OrganizationID: place.Organization})
	wantCode(t, err, "")
	if len(units) != 1 {
		t.Errorf("%+v", units)
	}

	if got := h.eventTypes(place.Organization); len(got) != 6 {
		t.Error(got)
	}

	// A unit of one organization holds no project of another.
	other := unit("Other", ident.ID{}, "")
	if _, err := h.db.Exec(t.Context(), `UPDATE project SET unit_id = $2 WHERE id = $1`, elsewhere.Project, other); err == nil {
		t.Error("the database let a project into a foreign unit")
	}
	member, err := pg.One[ident.ID](t.Context(), h.db, `SELECT user_id FROM organization_member WHERE organization_id = $1 LIMIT 1`, place.Organization)
	wantCode(t, err, "")
	for id, want := range map[ident.ID]bool{member: true, ident.New(): false} {
		if belongs, err := Belongs(t.Context(), h.db, place.Organization, id); err != nil || belongs != want {
			t.Errorf("%s belongs: %v, %v", id, belongs, err)
		}
	}
	if names, err := ProjectNames(t.Context(), h.db, []ident.ID{place.Project, ident.New()}); err != nil || len(names) != 1 || names[place.Project] == "" {
		t.Errorf("%v, %v", names, err)
	}
	for _, locate := range []error{second(LocateUnit(t.Context(), h.db, ident.New())), second(LocateOrganization(t.Context(), h.db, ident.New())), second(LocateProject(t.Context(), h.db, ident.New()))} {
		if fault.KindOf(locate) != fault.NotFound {
			t.Error(locate)
		}
	}
}

func second[A, B any](_ A, b B) B { return b }
