package identity

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func TestRulesGiveRolesInProjects(t *testing.T) {
	h := open(t)
	s, owner := h.providers(), h.registered()
	as := h.as(owner.Secret)
	works, err := h.tenancy.CreateOrganization(as, tenancy.CreateOrganization{Name: "Works " + ident.New().String()})
	if err != nil {
		t.Fatal(err)
	}
	as = h.as(owner.Secret)
	place := func(name string) ident.ID {
		t.Helper()
		p, err := h.tenancy.CreateProject(as, tenancy.CreateProject{Name: name, OrganizationID: works.ID})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	nightly, daily := place("nightly"), place("daily")
	p := Provider{ID: ident.New(), Title: "Example", Issuer: "https://id.example.org", Registration: AdmitMatched, Rules: []Rule{
		{Claim: "groups", Value: "builders", OrganizationID: works.ID, ProjectID: nightly, Role: tenancy.ProjectMember},
		{Claim: "groups", Value: "leads", OrganizationID: works.ID, ProjectID: nightly, Role: tenancy.ProjectManager},
		{Claim: "groups", Value: "readers", OrganizationID: works.ID, ProjectID: daily, Role: tenancy.ProjectViewer},
	}}
	subject, email := ident.New().String(), uniqueEmail()
	groups := func(names ...any) map[string]any { return map[string]any{"groups": names} }
	role := func(sql string, place, account ident.ID) permission.Role {
		t.Helper()
		rows, err := pg.All[permission.Role](t.Context(), h.db, sql, place, account)
		if err != nil {
			t.Fatal(err)
		}
		return append(rows, "")[0]
	}
	var account ident.ID
	follow := func(what string, more map[string]any, inOrganization, inNightly, inDaily permission.Role) {
		t.Helper()
		identity, err := s.accept(t.Context(), acceptToken{p, h.says(subject, email, more)})
		if err != nil {
			t.Fatal(what, err)
		}
		account = h.accountOf(identity)
		const organization, project = `SELECT role FROM organization_member WHERE organization_id = $1 AND user_id = $2`,
			`SELECT role FROM project_member WHERE project_id = $1 AND user_id = $2`
		got := [3]permission.Role{role(organization, works.ID, account), role(project, nightly, account), role(project, daily, account)}
		if want := [3]permission.Role{inOrganization, inNightly, inDaily}; got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	const member, none = tenancy.Member, permission.Role("")
	follow("a project's role brings the organization's membership", groups("builders"), member, tenancy.ProjectMember, none)
	follow("the highest counts, and others come", groups("builders", "leads", "readers"), member, tenancy.ProjectManager, tenancy.ProjectViewer)
	follow("a token that leaves it out", nil, member, tenancy.ProjectManager, tenancy.ProjectViewer)
	follow("less", groups("readers"), member, none, tenancy.ProjectViewer)

	byHand := tenancy.SetProjectMember{ProjectID: nightly, UserID: account, Role: tenancy.ProjectViewer}
	if _, err := h.tenancy.SetProjectMember(as, byHand); err != nil {
		t.Fatal(err)
	}
	follow("given by hand stays, whatever rules say", groups("leads", "readers"), member, tenancy.ProjectViewer, tenancy.ProjectViewer)
	follow("and when they say no more", groups("readers"), member, tenancy.ProjectViewer, tenancy.ProjectViewer)
	changed := tenancy.SetProjectMember{ProjectID: daily, UserID: account, Role: tenancy.ProjectManager}
	if _, err := h.tenancy.SetProjectMember(as, changed); err != nil {
		t.Fatal(err)
	}
	seat := tenancy.SetOrganizationMember{OrganizationID: works.ID, UserID: account, Role: tenancy.Admin}
	if _, err := h.tenancy.SetOrganizationMember(as, seat); err != nil {
		t.Fatal(err)
	}
	follow("nor what was changed by hand", groups(), tenancy.Admin, tenancy.ProjectViewer, tenancy.ProjectManager)
}

func TestRulesOfProjectsAreChecked(t *testing.T) {
	h := open(t)
	owner := h.registered()
	as := h.as(owner.Secret)
	works, err := h.tenancy.CreateOrganization(as, tenancy.CreateOrganization{Name: "Works " + ident.New().String()})
	if err != nil {
		t.Fatal(err)
	}
	made, err := h.tenancy.CreateProject(h.as(owner.Secret), tenancy.CreateProject{Name: "nightly", OrganizationID: works.ID})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Rule{ProjectID: made.ID}.locate(t.Context(), h.db)
	if err != nil || got.OrganizationID != works.ID {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = Rule{ProjectID: made.ID, OrganizationID: ident.New()}.locate(t.Context(), h.db)
	wantCode(t, err, "provider.project")
	_, err = Rule{ProjectID: ident.New()}.locate(t.Context(), h.db)
	wantCode(t, err, "provider.project")
	_, err = Rule{OrganizationID: ident.New()}.locate(t.Context(), h.db)
	wantCode(t, err, "provider.organization")

	terms := ProviderTerms{Title: "Example", ClientID: "stoa", Registration: AdmitMatched}
	for _, r := range []Rule{
		{Claim: "groups", Value: "x", ProjectID: made.ID, Role: tenancy.Member},
		{Claim: "groups", Value: "x", OrganizationID: works.ID, Role: tenancy.ProjectMember},
		{Claim: "groups", Value: "x", OrganizationID: works.ID, Role: tenancy.Owner},
	} {
		terms.Rules = []Rule{r}
		wantCode(t, terms.Validate(), "provider.invalid")
	}
}
