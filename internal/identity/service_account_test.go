package identity

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// shop is an organization with a project, an owner, and a manager and a member of the project.
type shop struct {
	*house
	organization, project  ident.ID
	owner, manager, member SignedInOnce
}

func newShop(t *testing.T) *shop {
	s := &shop{house: open(t)}
	s.owner, s.manager, s.member = s.registered(), s.registered(), s.registered()
	o, err := s.tenancy.CreateOrganization(s.as(s.owner.Secret), tenancy.CreateOrganization{Name: "Shop"})
	wantCode(t, err, "")
	p, err := s.tenancy.CreateProject(s.as(s.owner.Secret), tenancy.CreateProject{OrganizationID: o.ID, Name: "Till"})
	wantCode(t, err, "")
	s.organization, s.project = o.ID, p.ID
	for account, role := range map[ident.ID]permission.Role{s.manager.Account.ID: tenancy.ProjectManager, s.member.Account.ID: tenancy.ProjectMember} {
		_, err = s.tenancy.SetOrganizationMember(s.as(s.owner.Secret), tenancy.SetOrganizationMember{OrganizationID: o.ID, UserID: account, Role: tenancy.Member})
		wantCode(t, err, "")
		_, err = s.tenancy.SetProjectMember(s.as(s.owner.Secret), tenancy.SetProjectMember{ProjectID: p.ID, UserID: account, Role: role})
		wantCode(t, err, "")
	}
	return s
}

// robot is a new service account of the project.
func (s *shop) robot() ServiceAccountCreatedOnce {
	s.t.Helper()
	made, err := s.create(s.manager.Secret, tenancy.ProjectMember, s.project)
	wantCode(s.t, err, "")
	return made
}

func (s *shop) create(as secret.String, role permission.Role, project ident.ID) (ServiceAccountCreatedOnce, error) {
	return s.CreateServiceAccount(s.as(as), CreateServiceAccount{OrganizationID: s.organization, ProjectID: project, Name: "Robot", Role: role})
}

func (s *shop) rotate(as secret.String, id ident.ID, overlap time.Duration) (ServiceKeyRotatedOnce, error) {
	return s.RotateServiceKey(s.as(as), RotateServiceKey{OfServiceAccount: OfServiceAccount{id}, Overlap: overlap})
}

func TestAServiceAccountHasTheRoleItWasGiven(t *testing.T) {
	s := newShop(t)
	made := s.robot()
	actor, err := s.actor(made.Key.Secret)
	wantCode(t, err, "")
	want := command.Actor{
		Kind: command.ServiceAccount, ID: made.Account.ID, Credential: made.Key.Token.ID, DefaultProject: s.project, OnlyProject: s.project, Platform: []permission.Role{},
		Organizations: map[ident.ID]permission.Role{s.organization: tenancy.Member},
		Projects:      map[ident.ID]command.Membership{s.project: {Organization: s.organization, Role: tenancy.ProjectMember}},
	}
	if diff := cmp.Diff(want, actor); diff != "" {
		t.Error(diff)
	}
	if a := made.Account; a.Role() != tenancy.ProjectMember || a.Keys != 1 || a.CreatedBy != s.manager.Account.ID || a.Name != "Robot" {
		t.Errorf("%+v", a)
	}
	if got := s.eventTypes(made.Account.ID); !cmp.Equal(got, []string{"service_account.created.v1"}) {
		t.Error(got)
	}
	members, err := s.tenancy.ProjectMembers(s.as(s.manager.Secret), tenancy.ListProjectMembers{ProjectID: s.project})
	wantCode(t, err, "")
	named := false
	for _, m := range members.Items {
		named = named || m.UserID == made.Account.ID && m.Person.Name == "Robot" && m.Person.ServiceAccount
	}
	if !named {
		t.Errorf("not among the members: %+v", members.Items)
	}
}

func TestWhoMayMakeServiceAccounts(t *testing.T) {
	s := newShop(t)
	stranger := s.registered()
	for name, c := range map[string]struct {
		as      secret.String
		role    permission.Role
		project ident.ID
		code    string
	}{
		"a member of the project":              {s.member.Secret, tenancy.ProjectViewer, s.project, "denied"},
		"a manager, for the organization":      {s.manager.Secret, tenancy.Member, ident.ID{}, "denied"},
		"a manager, an admin in the project":   {s.manager.Secret, tenancy.Admin, s.project, "tenancy.role"},
		"a manager, another manager":           {s.manager.Secret, tenancy.ProjectManager, s.project, ""},
		"an owner, for the organization":       {s.owner.Secret, tenancy.Admin, ident.ID{}, ""},
		"an owner, another owner":              {s.owner.Secret, tenancy.Owner, ident.ID{}, "tenancy.role"},
		"a stranger, for the project":          {stranger.Secret, tenancy.ProjectViewer, s.project, "not_found"},
		"a stranger, for the organization":     {stranger.Secret, tenancy.Member, ident.ID{}, "not_found"},
		"an owner, for another one's project":  {s.owner.Secret, tenancy.ProjectViewer, stranger.Account.DefaultProject, "not_found"},
		"an owner, for a project that is not":  {s.owner.Secret, tenancy.ProjectViewer, ident.New(), "not_found"},
		"a token that may do nothing else":     {s.token(s.as(s.manager.Secret), CreateToken{Scopes: []string{"service_account.*"}}).Secret, tenancy.ProjectViewer, s.project, "token_scope"},
		"a token that is bound to the project": {s.token(s.as(s.owner.Secret), CreateToken{ProjectID: s.project}).Secret, tenancy.ProjectMember, s.project, ""},
		"the same token, for the organization": {s.token(s.as(s.owner.Secret), CreateToken{ProjectID: s.project}).Secret, tenancy.Member, ident.ID{}, "not_found"},
	} {
		if _, err := s.create(c.as, c.role, c.project); true {
			t.Run(name, func(t *testing.T) { wantCode(t, err, c.code) })
		}
	}
}

func TestWhoSeesServiceAccounts(t *testing.T) {
	s := newShop(t)
	made := s.robot()
	whole, err := s.create(s.owner.Secret, tenancy.Member, ident.ID{})
	wantCode(t, err, "")
	list := func(as secret.String, project ident.ID) (ids []ident.ID, err error) {
		page, err := s.ServiceAccounts(s.as(as), ListServiceAccounts{OrganizationID: s.organization, ProjectID: project})
		for _, a := range page.Items {
			ids = append(ids, a.ID)
		}
		return ids, err
	}
	for name, c := range map[string]struct {
		as      secret.String
		project ident.ID
		want    []ident.ID
		code    string
	}{
		"owner":                    {s.owner.Secret, ident.ID{}, []ident.ID{made.Account.ID, whole.Account.ID}, ""},
		"owner, of the project":    {s.owner.Secret, s.project, []ident.ID{made.Account.ID}, ""},
		"manager":                  {s.manager.Secret, ident.ID{}, []ident.ID{made.Account.ID}, ""},
		"member":                   {s.member.Secret, ident.ID{}, nil, ""},
		"member, of the project":   {s.member.Secret, s.project, nil, ""},
		"stranger":                 {s.registered().Secret, ident.ID{}, nil, "not_found"},
		"the account, its project": {made.Key.Secret, s.project, nil, ""},
	} {
		got, err := list(c.as, c.project)
		t.Run(name, func(t *testing.T) {
			wantCode(t, err, c.code)
			if !cmp.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	get := func(as secret.String) error {
		_, err := s.ServiceAccount(s.as(as), GetServiceAccount{OfServiceAccount{made.Account.ID}})
		return err
	}
	wantCode(t, get(s.manager.Secret), "")
	wantCode(t, get(made.Key.Secret), "")
	wantCode(t, get(s.member.Secret), "denied")
	wantCode(t, get(s.registered().Secret), "not_found")
}

func TestKeysRotateWithAnOverlap(t *testing.T) {
	s := newShop(t)
	made := s.robot()
	id := made.Account.ID
	second, err := s.rotate(s.manager.Secret, id, 2*time.Hour)
	wantCode(t, err, "")
	if second.EndsAt == nil || !second.EndsAt.Equal(s.now.Add(2*time.Hour)) {
		t.Errorf("the key before ends %v", second.EndsAt)
	}
	if a, b := s.refusal(made.Key.Secret), s.refusal(second.Key.Secret); a != "" || b != "" {
		t.Errorf("during the overlap: %q, %q", a, b)
	}
	_, err = s.rotate(s.manager.Secret, id, time.Hour)
	wantCode(t, err, "service_account.two_keys")
	s.now = s.now.Add(2 * time.Hour)
	if a, b := s.refusal(made.Key.Secret), s.refusal(second.Key.Secret); a != "auth.expired" || b != "" {
		t.Errorf("after the overlap: %q, %q", a, b)
	}
	third, err := s.rotate(second.Key.Secret, id, 0) // by itself
	wantCode(t, err, "")
	if a, b := s.refusal(second.Key.Secret), s.refusal(third.Key.Secret); a != "auth.revoked" || b != "" {
		t.Errorf("without overlap: %q, %q", a, b)
	}
	s.policy.SessionFor = 2 * defaultKey
	s.owner, _ = s.signInAs(s.owner.Account.Email, password)
	s.member, _ = s.signInAs(s.member.Account.Email, password)
	s.manager, _ = s.signInAs(s.manager.Account.Email, password)
	s.now = s.now.Add(defaultKey)
	if s.refusal(third.Key.Secret) != "auth.expired" {
		t.Error("a key does not expire")
	}
	_, err = s.rotate(s.member.Secret, id, 0)
	wantCode(t, err, "denied")
	last, err := s.rotate(s.owner.Secret, id, time.Hour)
	wantCode(t, err, "")
	if last.EndsAt != nil || s.refusal(last.Key.Secret) != "" {
		t.Errorf("%+v", last)
	}
	keys, err := s.ServiceKeys(s.as(last.Key.Secret), ListServiceKeys{OfServiceAccount: OfServiceAccount{id}})
	wantCode(t, err, "")
	if len(keys.Items) != 1 || !keys.Items[0].Current {
		t.Errorf("%+v", keys.Items)
	}
	revoke := RevokeServiceKey{OfServiceAccount{id}, last.Key.Token.ID}
	_, err = s.RevokeServiceKey(s.as(s.manager.Secret), revoke)
	wantCode(t, err, "")
	if s.refusal(last.Key.Secret) != "auth.revoked" {
		t.Error("a revoked key holds")
	}
	_, err = s.RevokeServiceKey(s.as(s.manager.Secret), revoke)
	wantCode(t, err, "not_found")
}

func TestDisabledAndDeletedServiceAccountsAreRefused(t *testing.T) {
	s := newShop(t)
	made := s.robot()
	of := OfServiceAccount{made.Account.ID}
	a, err := s.DisableServiceAccount(s.as(s.manager.Secret), DisableServiceAccount{of})
	wantCode(t, err, "")
	if a.DisabledAt == nil || s.refusal(made.Key.Secret) != "auth.disabled" {
		t.Errorf("%+v, %q", a, s.refusal(made.Key.Secret))
	}
	_, err = s.DisableServiceAccount(s.as(s.manager.Secret), DisableServiceAccount{of}) // as it is
	wantCode(t, err, "")
	_, err = s.EnableServiceAccount(s.as(s.member.Secret), EnableServiceAccount{of})
	wantCode(t, err, "denied")
	_, err = s.EnableServiceAccount(s.as(s.manager.Secret), EnableServiceAccount{of})
	wantCode(t, err, "")
	if got := s.refusal(made.Key.Secret); got != "" {
		t.Error(got)
	}
	_, err = s.DeleteServiceAccount(s.as(made.Key.Secret), DeleteServiceAccount{of})
	wantCode(t, err, "denied")
	_, err = s.DeleteServiceAccount(s.as(s.manager.Secret), DeleteServiceAccount{of})
	wantCode(t, err, "")
	if got := s.refusal(made.Key.Secret); got != "auth.revoked" {
		t.Error(got)
	}
	_, err = s.rotate(s.manager.Secret, made.Account.ID, 0)
	wantCode(t, err, "not_found")
	_, err = s.tenancy.SetOrganizationMember(s.as(s.owner.Secret), tenancy.SetOrganizationMember{OrganizationID: s.organization, UserID: made.Account.ID, Role: tenancy.Member})
	wantCode(t, err, "user.unknown")
	want := []string{"service_account.created.v1", "service_account.disabled.v1", "service_account.enabled.v1", "service_account.deleted.v1"}
	if got := s.eventTypes(made.Account.ID); !cmp.Equal(got, want) {
		t.Error(got)
	}
}

// Who could make a key for an account that is above them would be above themselves.
func TestNobodyManagesWhatIsAboveThem(t *testing.T) {
	s := newShop(t)
	made := s.robot()
	_, err := s.tenancy.SetOrganizationMember(s.as(s.owner.Secret), tenancy.SetOrganizationMember{OrganizationID: s.organization, UserID: made.Account.ID, Role: tenancy.Admin})
	wantCode(t, err, "")
	_, err = s.rotate(s.manager.Secret, made.Account.ID, 0)
	wantCode(t, err, "tenancy.above_own_role")
	_, err = s.rotate(s.owner.Secret, made.Account.ID, 0)
	wantCode(t, err, "")
	_, err = s.tenancy.SetOrganizationMember(s.as(s.owner.Secret), tenancy.SetOrganizationMember{OrganizationID: s.organization, UserID: made.Account.ID, Role: tenancy.Owner})
	wantCode(t, err, "service_account.owner")
}

func TestAServiceAccountStaysWhereItBelongs(t *testing.T) {
	s := newShop(t)
	made, err := s.create(s.owner.Secret, tenancy.Admin, ident.ID{})
	wantCode(t, err, "")
	robot := s.as(made.Key.Secret)
	_, err = s.CreateToken(robot, CreateToken{Name: "more"})
	wantCode(t, err, "service_account.keys_only")
	_, err = s.tenancy.CreateOrganization(robot, tenancy.CreateOrganization{Name: "Own"})
	wantCode(t, err, "service_account.person")
	other := s.registered()
	mine, err := s.tenancy.CreateOrganization(s.as(other.Secret), tenancy.CreateOrganization{Name: "Elsewhere"})
	wantCode(t, err, "")
	_, err = s.tenancy.SetOrganizationMember(s.as(other.Secret), tenancy.SetOrganizationMember{OrganizationID: mine.ID, UserID: made.Account.ID, Role: tenancy.Member})
	wantCode(t, err, "service_account.elsewhere")
}
