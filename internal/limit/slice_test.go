package limit

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

const (
	operator permission.Role = "platform.operator"
	admin    permission.Role = "organization.admin"
)

// tree is one organization with a unit in a unit and a project in that.
type tree struct{ Place }

func (p tree) Locate(_ context.Context, _ pg.Querier, scope Scope, id ident.ID) (Place, error) {
	switch {
	case scope == Organization && id == p.Organization:
		return Place{Organization: p.Organization}, nil
	case scope == Unit && id == p.Units[0]:
		return Place{Organization: p.Organization, Units: p.Units}, nil
	case scope == Unit && id == p.Units[1]:
		return Place{Organization: p.Organization, Units: p.Units[1:]}, nil
	case scope == Project && id == p.Project:
		return p.Place, nil
	}
	return Place{}, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
}

// Belongs is true of everybody but people whose id nobody knows.
func (p tree) Belongs(_ context.Context, _ pg.Querier, organization, user ident.ID) (bool, error) {
	return organization == p.Organization && user != outsider, nil
}

// Home is the project for everybody but people whose id nobody knows.
func (p tree) Home(_ context.Context, _ pg.Querier, account ident.ID) (ident.ID, error) {
	if account == outsider {
		return ident.ID{}, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
	}
	return p.Project, nil
}

var outsider = ident.New()

type world struct {
	*Slice
	tree
	db    *pg.DB
	now   time.Time
	ann   command.Actor // operator
	bob   command.Actor // admin of the organization
	carol command.Actor // nobody in particular
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		db: pgtest.Clone(t), now: clock.System(),
		tree: tree{Place{Organization: ident.New(), Units: []ident.ID{ident.New(), ident.New()}, Project: ident.New()}},
	}
	w.ann = command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}}
	w.bob = command.Actor{Kind: command.User, ID: ident.New(), Organizations: map[ident.ID]permission.Role{w.Organization: admin}}
	w.carol = command.Actor{Kind: command.User, ID: ident.New()}
	runner := &command.Runner{
		Strict: true,
		DB:     w.db, Clock: func() time.Time { return w.now }, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Table: permission.Table{
			"limit.set": {operator, admin, permission.Self}, "limit.clear": {operator, admin, permission.Self}, "limit.list": {permission.Authenticated},
			"limit.member": {operator, admin}, "rate.list": {permission.Authenticated}, "rate.member": {operator, admin}, "rate.reset": {operator},
		},
	}
	w.Slice = New(runner, catalogue(t), w.tree, operator, ratelimit.NewInProcess(runner.Clock))
	return w
}

func as(t *testing.T, a command.Actor) context.Context {
	t.Helper()
	return command.WithRequest(t.Context(), &command.Request{Actor: a, CorrelationID: "c-1"})
}

func (w *world) mustSet(t *testing.T, a command.Actor, name string, target Target, n int64) {
	t.Helper()
	if _, err := w.Set(as(t, a), Set{Name: name, Target: target, Number: &n}); err != nil {
		t.Fatalf("set %s of %s to %d: %v", name, target.Scope, n, err)
	}
}

func (w *world) effective(t *testing.T, name string, who Subject) Value {
	t.Helper()
	v, err := w.Reader.Effective(t.Context(), w.db, name, who)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSetAppliesAtOnceAndIsRecorded(t *testing.T) {
	w := newWorld(t)
	who := Subject{User: w.carol.ID, Project: w.Project}
	if v := w.effective(t, "execution.concurrent", who); v.Number != 10 || v.Scope != Global {
		t.Fatalf("before: %+v", v)
	}
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Organization, ID: w.Organization}, 4)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Organization, ID: w.Organization}, 5)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Unit, ID: w.Units[1]}, 3)

	// Organization and units follow from the project.
	if v := w.effective(t, "execution.concurrent", who); v.Number != 3 || v.Scope != Unit || v.Owner != w.Units[1] {
		t.Errorf("effective: %+v", v)
	}
	if v := w.effective(t, "execution.concurrent", Subject{User: w.carol.ID}); v.Number != 10 {
		t.Errorf("outside the project: %+v", v)
	}

	type line struct {
		Type    string `db:"type"`
		Version int64  `db:"version"`
		Data    string `db:"data"`
	}
	events, err := pg.All[line](t.Context(), w.db, `SELECT type, version, data::text FROM event ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	organization := `"scope_id": "` + w.Organization.String() + `"`
	want := []line{
		{"limit.set.v1", 1, `{"name": "execution.concurrent", "scope": "organization", "number": 4, ` + organization + `}`},
		{"limit.set.v1", 2, `{"name": "execution.concurrent", "scope": "organization", "number": 5, ` + organization + `}`},
		{"limit.set.v1", 1, `{"name": "execution.concurrent", "scope": "unit", "number": 3, "scope_id": "` + w.Units[1].String() + `"}`},
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	audited, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM audit WHERE action = 'limit.set' AND outcome = 'done' AND organization_id = $1`, w.Organization)
	if err != nil || audited != 3 {
		t.Errorf("%d audit records, %v", audited, err)
	}
}

func TestRaisingAboveTheOuterScopeIsRefused(t *testing.T) {
	w := newWorld(t)
	set := func(a command.Actor, target Target, n int64) error {
		_, err := w.Set(as(t, a), Set{Name: "execution.concurrent", Target: target, Number: &n})
		return err
	}
	err := set(w.bob, Target{Scope: Organization, ID: w.Organization}, 11)
	if !fault.Is(err, "limit.needs_grant") || fault.Of(err).Limit.Scope != "global" {
		t.Errorf("organization above the installation: %v", err)
	}
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 20)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Organization, ID: w.Organization}, 20)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Unit, ID: w.Units[1]}, 6)
	if err := set(w.bob, Target{Scope: Project, ID: w.Project}, 7); fault.Of(err).Limit == nil || fault.Of(err).Limit.Owner != w.Units[1].String() {
		t.Errorf("project above its outer unit: %v", err)
	}
	if err := set(w.bob, Target{Scope: Project, ID: w.Project}, 6); err != nil {
		t.Error(err)
	}
}

func TestWhoMaySetWhat(t *testing.T) {
	w := newWorld(t)
	stranger := ident.New()
	for name, c := range map[string]struct {
		actor  command.Actor
		name   string
		target Target
		number int64
		code   string
	}{
		"admin, global":               {w.bob, "execution.concurrent", Target{Scope: Global}, 1, "denied"},
		"admin, other organization":   {w.bob, "execution.concurrent", Target{Scope: Organization, ID: stranger}, 1, "not_found"},
		"nobody, the organization":    {w.carol, "execution.concurrent", Target{Scope: Organization, ID: w.Organization}, 1, "not_found"},
		"nobody, somebody else":       {w.carol, "execution.timeout.default_ms", Target{Scope: User, ID: w.bob.ID}, 1000, "not_found"},
		"nobody, own setting":         {w.carol, "execution.timeout.default_ms", Target{Scope: User, ID: w.carol.ID}, 1000, ""},
		"nobody, own rate":            {w.carol, "rate.bypass", Target{Scope: User, ID: w.carol.ID}, 1, "limit.operator_only"},
		"admin, organization's rate":  {w.bob, "rate.api", Target{Scope: Organization, ID: w.Organization}, 1000, "limit.operator_only"},
		"operator, somebody's rate":   {w.ann, "rate.bypass", Target{Scope: User, ID: w.carol.ID}, 1, ""},
		"operator, global-only below": {w.ann, "execution.queue.total", Target{Scope: User, ID: w.carol.ID}, 1, "limit.global_only"},
		"operator, out of range":      {w.ann, "execution.concurrent", Target{Scope: Global}, -1, "limit.value_invalid"},
		"operator, unknown":           {w.ann, "execution.nothing", Target{Scope: Global}, 1, "limit.unknown"},
		"scope without id":            {w.ann, "execution.concurrent", Target{Scope: User}, 1, "limit.scope_id"},
		"global with id":              {w.ann, "execution.concurrent", Target{Scope: Global, ID: stranger}, 1, "limit.scope_id"},
		"admin, a member":             {w.bob, "execution.concurrent", Target{Member, w.carol.ID, w.Organization}, 1, ""},
		"admin, above the rest":       {w.bob, "execution.concurrent", Target{Member, w.carol.ID, w.Organization}, 11, "limit.needs_grant"},
		"admin, a member's rate":      {w.bob, "rate.bypass", Target{Member, w.carol.ID, w.Organization}, 1, "limit.operator_only"},
		"admin, an outsider":          {w.bob, "execution.concurrent", Target{Member, outsider, w.Organization}, 1, "limit.no_member"},
		"admin, elsewhere":            {w.bob, "execution.concurrent", Target{Member, w.carol.ID, stranger}, 1, "not_found"},
		"a member, as such":           {w.carol, "execution.concurrent", Target{Member, w.carol.ID, w.Organization}, 1, "not_found"},
		"member of nothing":           {w.bob, "execution.concurrent", Target{Scope: Member, ID: w.carol.ID}, 1, "limit.scope_id"},
		"user of something":           {w.ann, "execution.concurrent", Target{User, w.carol.ID, w.Organization}, 1, "limit.scope_id"},
		"unknown scope":               {w.ann, "execution.concurrent", Target{Scope: "galaxy", ID: stranger}, 1, "limit.scope_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Set(as(t, c.actor), Set{Name: c.name, Target: c.target, Number: &c.number})
			if (err == nil) != (c.code == "") || c.code != "" && !fault.Is(err, c.code) {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}

func TestClearLetsTheOuterScopeApply(t *testing.T) {
	w := newWorld(t)
	target := Target{Scope: Project, ID: w.Project}
	w.mustSet(t, w.bob, "execution.concurrent", target, 2)
	if v := w.effective(t, "execution.concurrent", Subject{Project: w.Project}); v.Number != 2 {
		t.Fatalf("%+v", v)
	}
	if _, err := w.Clear(as(t, w.bob), Clear{Name: "execution.concurrent", Target: target}); err != nil {
		t.Fatal(err)
	}
	if v := w.effective(t, "execution.concurrent", Subject{Project: w.Project}); v.Number != 10 {
		t.Errorf("%+v", v)
	}
	if _, err := w.Clear(as(t, w.bob), Clear{Name: "execution.concurrent", Target: target}); !fault.Is(err, "limit.not_set") {
		t.Error(err)
	}
}

func TestWordsAreSettings(t *testing.T) {
	w := newWorld(t)
	if v := w.effective(t, "identity.registration", Subject{}); v.Text() != "closed" {
		t.Errorf("%+v", v)
	}
	if _, err := w.Set(as(t, w.ann), Set{Name: "identity.registration", Target: Target{Scope: Global}, Word: "open"}); err != nil {
		t.Fatal(err)
	}
	if v := w.effective(t, "identity.registration", Subject{}); v.Text() != "open" {
		t.Errorf("%+v", v)
	}
}

func TestListExplainsItself(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Organization, ID: w.Organization}, 5)
	w.mustSet(t, w.bob, "execution.concurrent", Target{Scope: Project, ID: w.Project}, 4)
	all, err := w.List(as(t, w.bob), List{Project: w.Project})
	if err != nil || len(all) != len(Defaults()) {
		t.Fatalf("%d of %d, %v", len(all), len(Defaults()), err)
	}
	for _, e := range all {
		if e.Name == "execution.concurrent" && (e.Value.Number != 4 || len(e.Set) != 2 || e.Set[0].Scope != Project || e.Set[1].Scope != Organization) {
			t.Errorf("%+v", e)
		}
	}
	if _, err := w.List(as(t, w.carol), List{Project: w.Project}); !fault.Is(err, "not_found") {
		t.Errorf("a stranger saw a project's limits: %v", err)
	}
	if _, err := w.List(as(t, w.carol), List{}); err != nil {
		t.Error(err)
	}
	if _, err := w.List(t.Context(), List{}); !fault.Is(err, "unauthenticated") {
		t.Error(err)
	}
}

func TestOtherReplicasNotice(t *testing.T) {
	w := newWorld(t)
	other := NewReader(catalogue(t), w.tree, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	read := func() int64 {
		v, err := other.Effective(t.Context(), w.db, "execution.concurrent", Subject{})
		if err != nil {
			t.Fatal(err)
		}
		return v.Number
	}
	if read() != 10 {
		t.Fatal("not the default")
	}
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 7)
	if got := read(); got != 10 {
		t.Errorf("%d without asking: it did not keep anything", got)
	}
	other.Changed([]eventlog.Event{{AggregateKind: "execution"}})
	if got := read(); got != 10 {
		t.Errorf("%d after somebody else's event", got)
	}
	other.Changed([]eventlog.Event{{AggregateKind: "limit"}})
	if got := read(); got != 7 {
		t.Errorf("%d after the hint", got)
	}
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 8)
	w.now = w.now.Add(recheck)
	if got := read(); got != 8 {
		t.Errorf("%d after the hint was lost", got)
	}
}

func TestReaderGoesOnWhenTheDatabaseDoesNot(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.ann, "execution.concurrent", Target{Scope: Global}, 7)
	w.effective(t, "execution.concurrent", Subject{})
	w.db.Close()
	w.now = w.now.Add(time.Hour)
	if v := w.effective(t, "execution.concurrent", Subject{}); v.Number != 7 {
		t.Errorf("%+v", v)
	}
}

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }

func TestRatesFollowSettings(t *testing.T) {
	w := newWorld(t)
	rates := NewRates(w.Reader, w.db, slog.New(slog.DiscardHandler))
	anonymous := command.Actor{Kind: command.Anonymous}
	if p, ok := rates.Rate(t.Context(), "execute", w.carol); !ok || p.Requests != 10 || p.Burst != 15 || p.Window != time.Minute || p.Scope != "global" {
		t.Errorf("%+v", p)
	}
	if p, ok := rates.Rate(t.Context(), "auth", anonymous); !ok || p.Requests != 10 {
		t.Errorf("anonymous: %+v", p)
	}
	w.mustSet(t, w.ann, "rate.multiplier_percent", Target{Scope: User, ID: w.carol.ID}, 300)
	if p, _ := rates.Rate(t.Context(), "execute", w.carol); p.Requests != 30 || p.Burst != 45 {
		t.Errorf("tripled: %+v", p)
	} else if p.Scope != "user" || p.Owner != w.carol.ID {
		t.Errorf("whose it is: %+v", p)
	}
	w.mustSet(t, w.ann, "rate.bypass", Target{Scope: User, ID: w.carol.ID}, 1)
	if p, ok := rates.Rate(t.Context(), "execute", w.carol); ok {
		t.Errorf("bypassed: %+v", p)
	}
	if _, ok := rates.Rate(t.Context(), "execute", anonymous); !ok {
		t.Error("somebody's bypass is everybody's")
	}
}

func TestRatesFallBackToDefaults(t *testing.T) {
	w := newWorld(t)
	w.db.Close()
	if p, ok := NewRates(w.Reader, w.db, slog.New(slog.DiscardHandler)).Rate(t.Context(), "execute", w.carol); !ok || p.Requests != 10 {
		t.Errorf("%+v", p)
	}
}

// BenchmarkRate is part of every request: nothing of it may ask the database.
func BenchmarkRate(b *testing.B) {
	reader := NewReader(catalogue(b), nil, clock.System, slog.New(slog.DiscardHandler))
	reader.kept.Store(&snapshot{checked: clock.System().Add(time.Hour), byName: map[string]values{"rate.api": {at{scope: Global}: {Number: new(int64(1000))}}}})
	rates := NewRates(reader, nil, slog.New(slog.DiscardHandler))
	actor := command.Actor{Kind: command.User, ID: ident.New()}
	b.ReportAllocs()
	for b.Loop() {
		if p, ok := rates.Rate(b.Context(), "api", actor); !ok || p.Requests != 1000 {
			b.Fatalf("%+v", p)
		}
	}
}

func TestTheAuditTrailHasOldAndNew(t *testing.T) {
	w := newWorld(t)
	target := Target{Scope: Organization, ID: w.Organization}
	w.mustSet(t, w.bob, "execution.concurrent", target, 4)
	w.mustSet(t, w.bob, "execution.concurrent", target, 5)
	if _, err := w.Clear(as(t, w.bob), Clear{Name: "execution.concurrent", Target: target}); err != nil {
		t.Fatal(err)
	}
	got, err := pg.All[string](t.Context(), w.db, `
SELECT coalesce(detail->>'old', 'default') || ' ' || coalesce(detail->>'new', 'default') FROM audit
WHERE organization_id = $1 AND detail->>'name' = 'execution.concurrent' AND detail#>>'{target,scope}' = 'organization' ORDER BY id`, w.Organization)
	if diff := cmp.Diff([]string{"default 4", "4 5", "5 default"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
