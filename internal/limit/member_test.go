package limit

import (
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const concurrent = "execution.concurrent"

func TestAMembersLimitHoldsInItsOrganizationOnly(t *testing.T) {
	w := newWorld(t)
	target := Target{Member, w.carol.ID, w.Organization}
	w.mustSet(t, w.bob, concurrent, target, 2)
	inside := Subject{User: w.carol.ID, Project: w.Project}
	v := w.effective(t, concurrent, inside) // the organization follows from the project
	if v.Number != 2 || v.Scope != Member || v.Owner != w.carol.ID || v.Within != w.Organization {
		t.Errorf("inside: %+v", v)
	}
	err := v.Refuse("execution.too_many", "%d run already.", 2)
	if f := fault.Of(err); !strings.Contains(f.Message, "execution.concurrent is 2, set for this member by an administrator of the organization") || f.Limit.Scope != "member" {
		t.Errorf("%+v", f)
	}
	for name, who := range map[string]Subject{
		"nowhere":                 {User: w.carol.ID},
		"in another organization": {User: w.carol.ID, Organization: ident.New()},
		"somebody else":           {User: w.ann.ID, Project: w.Project},
	} {
		if v := w.effective(t, concurrent, who); v.Number != 10 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	w.mustSet(t, w.bob, concurrent, Target{Scope: Organization, ID: w.Organization}, 1)
	if v := w.effective(t, concurrent, inside); v.Number != 1 || v.Scope != Organization {
		t.Errorf("the organization's is smaller: %+v", v)
	}
	if _, err := w.Clear(as(t, w.bob), Clear{Name: concurrent, Target: target}); err != nil {
		t.Fatal(err)
	}
	left, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM limit_value WHERE scope = 'member'`)
	if err != nil || left != 0 {
		t.Errorf("%d values are left, %v", left, err)
	}
}

func TestAdministratorsSeeWhatAppliesToAMember(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.bob, concurrent, Target{Member, w.carol.ID, w.Organization}, 2)
	all, err := w.Member(as(t, w.bob), OfMember{Organization: w.Organization, User: w.carol.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name == concurrent && (e.Value.Number != 2 || len(e.Set) != 1 || e.Set[0].Within != w.Organization) {
			t.Errorf("%+v", e)
		}
	}
	if _, err := w.Member(as(t, w.bob), OfMember{Organization: w.Organization, User: outsider}); !fault.Is(err, "limit.no_member") {
		t.Error(err)
	}
	if _, err := w.Member(as(t, w.carol), OfMember{Organization: w.Organization, User: w.carol.ID}); !fault.Is(err, "not_found") {
		t.Error(err)
	}
}

func TestLimitsInWordsGoFromTheMostToTheLeast(t *testing.T) {
	w := newWorld(t)
	const name = "execution.priority.max"
	set := func(target Target, word string) error {
		_, err := w.Set(as(t, w.bob), Set{Name: name, Target: target, Word: word})
		return err
	}
	organization := Target{Scope: Organization, ID: w.Organization}
	if v := w.effective(t, name, Subject{}); v.Word != "critical" || v.Scope != Global {
		t.Errorf("by default: %+v", v)
	}
	if err := set(organization, "normal"); err != nil {
		t.Fatal(err)
	}
	err := set(Target{Scope: Project, ID: w.Project}, "high")
	if f := fault.Of(err); !fault.Is(err, "limit.needs_grant") || f.Limit.Text != "normal" || !strings.Contains(f.Message, "“high” would not apply") {
		t.Errorf("a project went above its organization: %v", err)
	}
	if err := set(Target{Scope: Project, ID: w.Project}, "low"); err != nil {
		t.Fatal(err)
	}
	if v := w.effective(t, name, Subject{Project: w.Project}); v.Word != "low" || v.Scope != Project {
		t.Errorf("of both: %+v", v)
	}
	if err := set(organization, "urgent"); !fault.Is(err, "limit.value_invalid") {
		t.Error(err)
	}
}
