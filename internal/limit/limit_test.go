package limit

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := NewCatalogue(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaultsAreThoseOfTheDesign(t *testing.T) {
	c := catalogue(t)
	for name, want := range map[string]int64{
		"execution.timeout.default_ms": 30_000, "execution.timeout.max_ms": 300_000, "execution.cpu.max_ms": 300_000,
		"execution.memory.default_bytes": 134_217_728, "execution.memory.max_bytes": 536_870_912,
		"execution.source.max_chars": 50_000, "execution.output.max_bytes": 1_048_576, "execution.processes.max": 64,
		"execution.disk.max_bytes": 67_108_864, "execution.concurrent": 10, "execution.queue.per_user": 100,
		"execution.queue.total": 10_000, "execution.egress.private": 0, "execution.batch.max": 100,
		"identity.password.min_length": 10, "identity.lockout.failures": 5, "identity.lockout.minutes": 15, "identity.session.hours": 168,
		"rate.execute": 10, "rate.execute.burst_percent": 150, "rate.admin": 100, "rate.admin.burst_percent": 200,
		"rate.auth": 20, "rate.stream": 30, "rate.api": 60, "rate.anonymous_percent": 50,
	} {
		d, err := c.Definition(name)
		if err != nil || d.fallback().Number != want || d.fallback().Scope != Global {
			t.Errorf("%s: %+v, %v, want %d", name, d.fallback(), err, want)
		}
	}
	if d, _ := c.Definition("identity.registration"); d.fallback().Word != "closed" {
		t.Errorf("registration is %q by default", d.fallback().Word)
	}
}

func TestCatalogueRefusesNonsense(t *testing.T) {
	good := Definition{Name: "a.b", Kind: Limit, Default: 1, Min: 0, Max: 2, Help: "Good."}
	for name, change := range map[string]func(*Definition){
		"name":          func(d *Definition) { d.Name = "A b" },
		"kind":          func(d *Definition) { d.Kind = "quota" },
		"word limit":    func(d *Definition) { d.Words = []string{"x"} },
		"default range": func(d *Definition) { d.Default = 3 },
		"help":          func(d *Definition) { d.Help = "" },
	} {
		bad := good
		change(&bad)
		if _, err := NewCatalogue([]Definition{bad}); err == nil {
			t.Errorf("%s: accepted %+v", name, bad)
		}
	}
	if _, err := NewCatalogue([]Definition{good}, []Definition{good}); err == nil {
		t.Error("defined twice")
	}
	if _, err := catalogue(t).Definition("execution.nothing"); !fault.Is(err, "limit.unknown") {
		t.Error(err)
	}
}

var (
	org, outer, inner, project, user = ident.New(), ident.New(), ident.New(), ident.New(), ident.New()
	somebody                         = Subject{User: user, Project: project, Units: []ident.ID{inner, outer}, Organization: org}
	innermostFirst                   = []at{{scope: User, id: user}, {Member, user, org}, {scope: Project, id: project}, {scope: Unit, id: inner}, {scope: Unit, id: outer}, {scope: Organization, id: org}, {scope: Global}}
)

// drawValues sets something at some places, and something of strangers.
func drawValues(t *rapid.T) values {
	set := values{}
	for _, place := range append(slices.Clone(innermostFirst), at{scope: User, id: ident.New()}, at{Member, user, ident.New()}, at{scope: Organization, id: ident.New()}) {
		if rapid.Bool().Draw(t, string(place.scope)) {
			set[place] = row{Scope: place.scope, ScopeID: place.id, Organization: place.within, Number: new(rapid.Int64Range(0, 20).Draw(t, "value"))}
		}
	}
	return set
}

func TestNearestSettingWins(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Setting, Default: 10, Max: 100}
	rapid.Check(t, func(t *rapid.T) {
		set := drawValues(t)
		want := d.fallback()
		for _, place := range innermostFirst {
			if v, ok := set[place]; ok {
				want = d.valueOf(v)
				break
			}
		}
		if got := d.resolve(set, somebody); got != want {
			t.Fatalf("%+v, want %+v of %v", got, want, set)
		}
	})
}

func TestSmallestLimitApplies(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Limit, Default: 10, Max: 100}
	rapid.Check(t, func(t *rapid.T) {
		set := drawValues(t)
		smallest := d.Default
		if v, ok := set[at{scope: Global}]; ok {
			smallest = *v.Number
		}
		for _, place := range innermostFirst {
			if v, ok := set[place]; ok {
				smallest = min(smallest, *v.Number)
			}
		}
		got := d.resolve(set, somebody)
		if got.Number != smallest {
			t.Fatalf("%+v, want %d of %v", got, smallest, set)
		}
		// It is whose it says it is, and nobody further out is as strict.
		if v, ok := set[at{got.Scope, got.Owner, got.Within}]; ok && *v.Number != smallest || !ok && got.Scope != Global {
			t.Fatalf("%+v is not of that scope: %v", got, set)
		}
		for _, place := range innermostFirst[slices.Index(innermostFirst, at{got.Scope, got.Owner, got.Within})+1:] {
			if v, ok := set[place]; ok && *v.Number <= smallest {
				t.Fatalf("%+v hides %v", got, v)
			}
		}
	})
}

func TestWhatIsGrantedApplies(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Limit, Default: 10, Max: 100}
	place := Place{Organization: org, Units: []ident.ID{inner, outer}, Project: project}
	rapid.Check(t, func(t *rapid.T) {
		set := drawValues(t)
		var rows []row
		for _, v := range set {
			rows = append(rows, v)
		}
		target := Target{Scope: Project, ID: project}
		asked := rapid.Int64Range(0, 20).Draw(t, "asked")
		err := d.granted(rows, target, place, Set{Number: &asked})

		// As if the project's value were the only one below the units'.
		delete(set, at{scope: User, id: user})
		delete(set, at{Member, user, org})
		set[at{scope: Project, id: project}] = row{Scope: Project, ScopeID: project, Number: &asked}
		got := d.resolve(set, somebody)
		if applies := got.Number == asked; applies != (err == nil) {
			t.Fatalf("asked %d, %d would apply, answer %v", asked, got.Number, err)
		}
		var f *fault.Error
		if errors.As(err, &f) && (f.Kind != fault.Denied || f.Limit.Value != got.Number || !strings.Contains(f.Message, "Ask ")) {
			t.Fatalf("%+v does not say whom to ask for more than %d", f, got.Number)
		}
	})
}

func TestGlobalNeedsNobodysGrant(t *testing.T) {
	d := Definition{Name: "a.b", Kind: Limit, Default: 10, Max: 100}
	rows := []row{{Scope: Organization, ScopeID: org, Number: new(int64(3))}}
	if err := d.granted(rows, Target{Scope: Global}, Place{}, Set{Number: new(int64(50))}); err != nil {
		t.Error(err)
	}
	if err := d.granted(nil, Target{Scope: Organization, ID: org}, Place{Organization: org}, Set{Number: new(int64(11))}); !fault.Is(err, "limit.needs_grant") {
		t.Errorf("an organization set itself above the installation: %v", err)
	}
	if err := d.granted(rows, Target{Scope: Organization, ID: org}, Place{Organization: org}, Set{Number: new(int64(10))}); err != nil {
		t.Errorf("an organization's own old value is in its way: %v", err)
	}
}

func TestRefusalNamesTheLimit(t *testing.T) {
	err := Value{Name: "execution.concurrent", Unit: "executions", Number: 3, Scope: Project, Owner: project}.
		Refuse("execution.too_many", "%d executions run already.", 3)
	f := fault.Of(err)
	if f.Kind != fault.Limited || f.Message != "3 executions run already. (execution.concurrent is 3, set for this project.)" {
		t.Errorf("%+v", f)
	}
	if *f.Limit != (fault.Limit{Name: "execution.concurrent", Value: 3, Unit: "executions", Scope: "project", Owner: project.String()}) {
		t.Errorf("%+v", f.Limit)
	}
}

func TestValuesAreChecked(t *testing.T) {
	c := catalogue(t)
	for _, x := range []struct {
		name   string
		number *int64
		word   string
		ok     bool
	}{
		{"execution.concurrent", new(int64(0)), "", true},
		{"execution.concurrent", new(int64(-1)), "", false},
		{"execution.concurrent", nil, "", false},
		{"execution.concurrent", nil, "open", false},
		{"identity.registration", nil, "open", true},
		{"identity.registration", nil, "ajar", false},
		{"identity.registration", new(int64(1)), "", false},
	} {
		d, err := c.Definition(x.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.check(x.number, x.word); (err == nil) != x.ok {
			t.Errorf("%+v: %v", x, err)
		}
	}
}
