package tenancy

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestCreateOrganization(t *testing.T) {
	h, user := open(t), ident.New()
	name := "Org " + user.String()
	first, err := h.CreateOrganization(h.as(user), CreateOrganization{Name: name})
	wantCode(t, err, "")
	second, err := h.CreateOrganization(h.as(user), CreateOrganization{Name: name})
	wantCode(t, err, "")
	if first.Slug == second.Slug || !strings.HasPrefix(second.Slug, first.Slug) {
		t.Errorf("slugs %q and %q", first.Slug, second.Slug)
	}
	if first.Role != Owner || first.Version != 1 {
		t.Errorf("%+v", first)
	}
	if got := h.eventTypes(first.ID); !cmp.Equal(got, []string{"organization.created.v1"}) {
		t.Error(got)
	}
	if org, err := pg.One[ident.ID](t.Context(), h.db, `SELECT organization_id FROM audit WHERE target_id = $1`, first.ID); err != nil || org != first.ID {
		t.Errorf("audit says %v, %v", org, err)
	}
	_, err = h.CreateOrganization(h.as(user), CreateOrganization{})
	wantCode(t, err, "tenancy.name")
}

func TestRenameOrganization(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	o, err := h.RenameOrganization(h.as(owner), RenameOrganization{OrganizationID: place.Organization, Name: "New"})
	wantCode(t, err, "")
	if o.Name != "New" || o.Version != 2 || o.Role != Owner {
		t.Errorf("%+v", o)
	}
	_, err = h.RenameOrganization(h.as(h.member(place, Member, "")), RenameOrganization{OrganizationID: place.Organization, Name: "Mine"})
	wantCode(t, err, "denied")
}

func TestNobodyGrantsAboveTheirOwnRole(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	admin, member := h.member(place, Admin, ""), h.member(place, Member, "")
	for _, c := range []struct {
		name string
		ctx  context.Context
		user ident.ID
		role permission.Role
		code string
	}{
		{"an admin makes an owner", h.as(admin), member, Owner, "tenancy.above_own_role"},
		{"an admin makes themselves an owner", h.as(admin), admin, Owner, "tenancy.above_own_role"},
		{"an admin demotes an owner", h.as(admin), owner, Member, "tenancy.above_own_role"},
		{"a member makes an admin", h.as(member), member, Admin, "denied"},
		{"an admin makes an admin", h.as(admin), member, Admin, ""},
		{"an owner makes an owner", h.as(owner), admin, Owner, ""},
		{"a stranger joins", h.as(ident.New()), ident.New(), Member, "not_found"},
		{"an operator adds an owner", h.as(ident.New(), Operator), ident.New(), Owner, ""},
		{"somebody who does not exist", h.as(owner), nobody, Member, "user.unknown"},
		{"a project's role", h.as(owner), member, ProjectManager, "tenancy.role"},
	} {
		_, err := h.SetOrganizationMember(c.ctx, SetOrganizationMember{OrganizationID: place.Organization, UserID: c.user, Role: c.role})
		t.Run(c.name, func(t *testing.T) { wantCode(t, err, c.code) })
	}
	_, err := h.RemoveOrganizationMember(h.as(h.member(place, Admin, "")), RemoveOrganizationMember{OrganizationID: place.Organization, UserID: owner})
	wantCode(t, err, "tenancy.above_own_role")
}

func TestTheLastOwnerStays(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	leave := func(user ident.ID) error {
		_, err := h.RemoveOrganizationMember(h.as(user), RemoveOrganizationMember{OrganizationID: place.Organization, UserID: user})
		return err
	}
	wantCode(t, leave(owner), "tenancy.last_owner")
	_, err := h.SetOrganizationMember(h.as(owner), SetOrganizationMember{OrganizationID: place.Organization, UserID: owner, Role: Admin})
	wantCode(t, err, "tenancy.last_owner")

	other := h.member(place, Owner, "")
	wantCode(t, leave(owner), "")
	wantCode(t, leave(other), "tenancy.last_owner")
	wantCode(t, leave(owner), "not_found") // a stranger by now
	if got := h.eventTypes(place.Organization); !cmp.Equal(got, []string{"organization.created.v1", "organization.member_removed.v1"}) {
		t.Error(got)
	}
}

func TestOneOfManyOwnersLeavingAtOnceStays(t *testing.T) {
	h := open(t)
	first, place := h.settler()
	owners := []ident.ID{first}
	for range 5 {
		owners = append(owners, h.member(place, Owner, ""))
	}
	contexts := make([]context.Context, len(owners))
	for i, owner := range owners {
		contexts[i] = h.as(owner)
	}
	errs := make([]error, len(owners))
	pgtest.Crowd(t, h.db, len(owners), `SELECT FROM organization_member WHERE organization_id = $1 FOR UPDATE`, place.Organization, func(i int) {
		_, errs[i] = h.RemoveOrganizationMember(contexts[i], RemoveOrganizationMember{OrganizationID: place.Organization, UserID: owners[i]})
	})
	stayed := 0
	for _, err := range errs {
		if err != nil {
			wantCode(t, err, "tenancy.last_owner")
			stayed++
		}
	}
	if n, err := pg.One[int](t.Context(), h.db, countOwners, place.Organization); err != nil || n != 1 || stayed != 1 {
		t.Errorf("%d owners, %d refused, %v", n, stayed, err)
	}
}

func TestLeavingAnOrganizationEndsItsProjects(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	member := h.member(place, Member, ProjectMember)
	before := h.as(member)
	if _, err := h.Project(before, GetProject{ProjectID: place.Project}); err != nil {
		t.Fatal(err)
	}
	_, err := h.RemoveOrganizationMember(h.as(owner), RemoveOrganizationMember{OrganizationID: place.Organization, UserID: member})
	wantCode(t, err, "")
	_, err = h.Project(h.as(member), GetProject{ProjectID: place.Project})
	wantCode(t, err, "not_found")
}

func TestMembersAreListedWithNames(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	member := h.member(place, Member, "")
	page, err := h.OrganizationMembers(h.as(member), ListOrganizationMembers{OrganizationID: place.Organization, Paging: Paging{Limit: 1}})
	wantCode(t, err, "")
	if len(page.Items) != 1 || page.Next != page.Items[0].UserID || page.Items[0].Person.Email != emailOf(owner) || page.Items[0].Role != Owner {
		t.Errorf("%+v", page)
	}
	rest, err := h.OrganizationMembers(h.as(member), ListOrganizationMembers{OrganizationID: place.Organization, Paging: Paging{After: page.Next}})
	wantCode(t, err, "")
	if len(rest.Items) != 1 || !rest.Next.IsZero() || rest.Items[0].UserID != member {
		t.Errorf("%+v", rest)
	}
}

func TestOrganizationsAreListedToThoseWhoBelong(t *testing.T) {
	h := open(t)
	user, place := h.settler()
	_, theirs := h.settler()
	list := func(ctx context.Context, all bool) map[ident.ID]permission.Role {
		got := map[ident.ID]permission.Role{}
		in := ListOrganizations{All: all}
		for {
			page, err := h.Organizations(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Items {
				got[o.ID] = o.Role
			}
			if in.After = page.Next; in.After.IsZero() {
				return got
			}
		}
	}
	want := map[ident.ID]permission.Role{place.Organization: Owner}
	for _, all := range []bool{false, true} {
		if got := list(h.as(user), all); !cmp.Equal(got, want) {
			t.Errorf("all %v: %v", all, got)
		}
	}
	if got := list(h.as(user, Operator), true); got[theirs.Organization] != "" || len(got) < 2 {
		t.Errorf("an operator sees %d", len(got))
	}
	if got := list(h.as(user, Operator), false); !cmp.Equal(got, want) {
		t.Errorf("an operator belongs to %v", got)
	}
}

func TestHomeIsFoundedOnce(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	places := make([]Place, 6)
	var all sync.WaitGroup
	for i := range places {
		all.Go(func() {
			err := h.within(func(ctx context.Context, tx *command.Tx) (err error) {
				places[i], err = JoinHome(ctx, tx, ident.New())
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, place := range places {
		if place != places[0] || place.Project.IsZero() {
			t.Errorf("%v", places)
		}
	}
	if n, err := pg.One[int](t.Context(), h.db, countOwners, places[0].Organization); err != nil || n != len(places) {
		t.Errorf("%d owners, %v", n, err)
	}
}

// TestStrangers has somebody without any role, and nobody at all, try everything that
// addresses an organization or project.
func TestStrangers(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	unit, err := h.CreateUnit(h.as(owner), CreateUnit{OrganizationID: place.Organization, Name: "Unit"})
	wantCode(t, err, "")
	invited, err := h.CreateInvitation(h.as(owner), CreateInvitation{OrganizationID: place.Organization, Email: "x@example.org", Role: Member})
	wantCode(t, err, "")
	name := "New"
	for what, try := range map[string]func(ctx context.Context) error{
		"organization.get":           call(h.Organization, GetOrganization{place.Organization}),
		"organization.rename":        call(h.RenameOrganization, RenameOrganization{place.Organization, name}),
		"organization.members":       call(h.OrganizationMembers, ListOrganizationMembers{OrganizationID: place.Organization}),
		"organization.set_member":    call(h.SetOrganizationMember, SetOrganizationMember{place.Organization, owner, Member}),
		"organization.remove_member": call(h.RemoveOrganizationMember, RemoveOrganizationMember{place.Organization, owner}),
		"unit.list":                  call(h.Units, ListUnits{place.Organization}),
		"unit.create":                call(h.CreateUnit, CreateUnit{OrganizationID: place.Organization, Name: name}),
		"unit.update":                call(h.UpdateUnit, UpdateUnit{ID: unit.ID, Name: &name}),
		"unit.delete":                call(h.DeleteUnit, DeleteUnit{unit.ID}),
		"invitation.list":            call(h.Invitations, ListInvitations{OrganizationID: place.Organization}),
		"invitation.create":          call(h.CreateInvitation, CreateInvitation{place.Organization, "y@example.org", Member}),
		"invitation.revoke":          call(h.RevokeInvitation, RevokeInvitation{invited.Invitation.ID}),
		"project.create":             call(h.CreateProject, CreateProject{OrganizationID: place.Organization, Name: name}),
		"project.get":                call(h.Project, GetProject{place.Project}),
		"project.update":             call(h.UpdateProject, UpdateProject{ProjectID: place.Project, Name: &name}),
		"project.archive":            call(h.ArchiveProject, ArchiveProject{place.Project}),
		"project.restore":            call(h.RestoreProject, RestoreProject{place.Project}),
		"project.members":            call(h.ProjectMembers, ListProjectMembers{ProjectID: place.Project}),
		"project.set_member":         call(h.SetProjectMember, SetProjectMember{place.Project, owner, ProjectViewer}),
		"project.remove_member":      call(h.RemoveProjectMember, RemoveProjectMember{place.Project, owner}),
	} {
		if _, known := Permissions()[what]; !known {
			t.Errorf("%s is not in the table", what)
		}
		if err := try(h.as(ident.New())); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: a stranger got %v", what, err)
		}
		if err := try(t.Context()); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: nobody got %v", what, err)
		}
	}
}

func call[C, R any](f command.Func[C, R], in C) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := f(ctx, in)
		return err
	}
}
