package limit

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestDestinationsMeetOverTheScopes(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Limit, Destinations: true}
	org, project, user := ident.New(), ident.New(), ident.New()
	who := Subject{User: user, Project: project, Organization: org}
	at1 := func(s Scope, id ident.ID, word string) row {
		return row{Name: d.Name, Scope: s, ScopeID: id, Word: &word}
	}
	for name, c := range map[string]struct {
		rows  []row
		want  string
		scope Scope
	}{
		"nobody":             {nil, "none", Global},
		"no grant":           {[]row{at1(Organization, org, "*")}, "none", Global},
		"global":             {[]row{at1(Global, ident.ID{}, "*:443 8.8.8.8")}, "*:443 8.8.8.8", Global},
		"narrowed":           {[]row{at1(Global, ident.ID{}, "*:443"), at1(Organization, org, "*.a.b"), at1(User, user, "x.a.b c.d")}, "x.a.b:443", User},
		"not wider":          {[]row{at1(Global, ident.ID{}, "a.b"), at1(Project, project, "*")}, "a.b", Global},
		"taken away":         {[]row{at1(Global, ident.ID{}, "*"), at1(Project, project, "none")}, "none", Project},
		"somebody else's":    {[]row{at1(Global, ident.ID{}, "a.b"), at1(User, ident.New(), "none")}, "a.b", Global},
		"unreadable is none": {[]row{at1(Global, ident.ID{}, "a b:x")}, "none", Global},
	} {
		set := values{}
		for _, v := range c.rows {
			set[v.at()] = v
		}
		if got := d.resolve(set, who); got.Word != c.want || got.Scope != c.scope {
			t.Errorf("%s: %q of %s, want %q of %s", name, got.Word, got.Scope, c.want, c.scope)
		}
	}
}

func TestDestinationsAreChecked(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Limit, Destinations: true, Help: "A list."}
	if err := d.sane(); err != nil || d.fallback().Word != "none" {
		t.Errorf("%v, %+v", err, d.fallback())
	}
	for word, ok := range map[string]bool{"none": true, "a.b *.c.d:80": true, "": false, "a.b none:x": false, "127.0.0.1": false} {
		if err := d.check(nil, word); (err == nil) != ok {
			t.Errorf("%q: %v", word, err)
		}
	}
	org := ident.New()
	star := "*:443"
	rows := []row{{Scope: Global, Word: &star}}
	place := Place{Organization: org}
	if err := d.grantedDestinations(rows, Target{Scope: Organization, ID: org}, place, "a.b:443 none.test:443"); err != nil {
		t.Error(err)
	}
	if err := d.grantedDestinations(rows, Target{Scope: Organization, ID: org}, place, "a.b:443 a.b:80"); fault.Of(err).Code != "limit.needs_grant" {
		t.Errorf("got %v", err)
	}
	if err := d.grantedDestinations(rows, Target{Scope: Global}, Place{}, "*"); err != nil {
		t.Error(err)
	}
}

// Who meets a list is told the list, not its number, which is always zero.
func TestARefusalNamesTheDestinations(t *testing.T) {
	err := Value{Name: "a.b", Unit: "destinations", Word: "pypi.org:443 *.c.d", Scope: Project}.Refuse("x", "Not there.")
	if f := fault.Of(err); f.Limit.Text != "pypi.org:443 *.c.d" || f.Message != "Not there. (a.b is “pypi.org:443 *.c.d”, set for this project.)" {
		t.Errorf("%q, %+v", f.Message, f.Limit)
	}
}
