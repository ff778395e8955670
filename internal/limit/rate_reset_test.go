package limit

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// take makes one request as the edge does.
func (w *world) take(t *testing.T, rates *Rates, group string, a command.Actor) ratelimit.Decision {
	t.Helper()
	policy, limited := rates.Rate(t.Context(), group, a)
	if !limited {
		return ratelimit.Decision{Allowed: true}
	}
	d, err := w.limiter.Take(t.Context(), ratelimit.Key(group, a.ID), policy)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) edge() *Rates { return NewRates(w.Reader, w.db, slog.New(slog.DiscardHandler)) }

// rate is what the list says of one group.
func rateOf(t *testing.T, all []Rate, err error) map[string]Rate {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	byGroup := map[string]Rate{}
	for _, r := range all {
		byGroup[r.Group] = r
	}
	if len(byGroup) != len(rateGroups()) {
		t.Fatalf("%+v", all)
	}
	return byGroup
}

func TestWhatIsLeftOfARateIsSeenAndMadeWhole(t *testing.T) {
	w := newWorld(t)
	edge := w.edge()
	w.mustSet(t, w.ann, "rate.execute", Target{Scope: User, ID: w.carol.ID}, 2)
	w.mustSet(t, w.ann, "rate.execute.burst_percent", Target{Scope: Global}, 100)
	for range 2 {
		if d := w.take(t, edge, "execute", w.carol); !d.Allowed {
			t.Fatalf("%+v", d)
		}
	}
	if d := w.take(t, edge, "execute", w.carol); d.Allowed {
		t.Fatalf("a third of two: %+v", d)
	}
	seen, err := w.Rates(as(t, w.ann), ListRates{User: w.carol.ID})
	got := rateOf(t, seen, err)["execute"]
	if !got.Limited || got.Policy.Requests != 2 || got.Left.Remaining != 0 || got.Left.RetryAfter != 30*time.Second || got.Left.ResetAfter != time.Minute || !got.ResetAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if r := got.Rule.Requests; r.Scope != User || r.Owner != w.carol.ID || r.Number != 2 || got.Rule.Burst.Scope != Global {
		t.Errorf("whence: %+v", got.Rule)
	}
	mine, err := w.Rates(as(t, w.carol), ListRates{})
	if diff := cmp.Diff(got.Left, rateOf(t, mine, err)["execute"].Left); diff != "" {
		t.Error("she herself sees another: " + diff)
	}
	if api := rateOf(t, mine, err)["api"]; api.Left.Remaining != 120 {
		t.Errorf("another group: %+v", api)
	}

	if _, err := w.ResetRates(as(t, w.ann), ResetRates{User: w.carol.ID}); err != nil {
		t.Fatal(err)
	}
	seen, err = w.Rates(as(t, w.ann), ListRates{User: w.carol.ID})
	if got := rateOf(t, seen, err)["execute"]; got.Left.Remaining != 2 || !got.ResetAt.Equal(w.now.Truncate(time.Microsecond)) {
		t.Errorf("after the reset: %+v", got)
	}
	for i, want := range []bool{true, true, false} {
		if d := w.take(t, edge, "execute", w.carol); d.Allowed != want {
			t.Errorf("request %d after the reset: %+v", i+1, d)
		}
	}
	if _, err := w.ResetRates(as(t, w.ann), ResetRates{User: w.carol.ID}); err != nil {
		t.Fatal(err)
	}
	if d := w.take(t, edge, "execute", w.carol); !d.Allowed {
		t.Errorf("after the second reset: %+v", d)
	}

	recorded, err := pg.All[string](t.Context(), w.db, `
SELECT type || ' ' || version || ' ' || (data->>'account_id') FROM event WHERE type = 'rate.reset.v1' ORDER BY version`)
	want := []string{"rate.reset.v1 1 " + w.carol.ID.String(), "rate.reset.v1 2 " + w.carol.ID.String()}
	if diff := cmp.Diff(want, recorded); err != nil || diff != "" {
		t.Error(err, diff)
	}
	audited, err := pg.One[int](t.Context(), w.db, `
SELECT count(*) FROM audit WHERE action = 'rate.reset' AND outcome = 'done' AND target_kind = 'user' AND target_id = $1 AND actor_id = $2`, w.carol.ID, w.ann.ID)
	if err != nil || audited != 2 {
		t.Errorf("%d audit records, %v", audited, err)
	}
}

func TestABypassIsSaid(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.ann, "rate.bypass", Target{Scope: Organization, ID: w.Organization}, 1)
	seen, err := w.Rates(as(t, w.ann), ListRates{User: w.carol.ID})
	for group, r := range rateOf(t, seen, err) {
		if r.Limited || r.Rule.Bypass.Scope != Organization || r.Rule.Bypass.Owner != w.Organization {
			t.Errorf("%s: %+v", group, r)
		}
	}
}

func TestWhoSeesAndResetsRates(t *testing.T) {
	w := newWorld(t)
	see := func(a command.Actor, user ident.ID) error {
		_, err := w.Rates(as(t, a), ListRates{User: user})
		return err
	}
	ofMember := func(a command.Actor, organization, user ident.ID) error {
		_, err := w.MemberRates(as(t, a), RatesOfMember{Organization: organization, User: user})
		return err
	}
	reset := func(a command.Actor, user ident.ID) error {
		_, err := w.ResetRates(as(t, a), ResetRates{User: user})
		return err
	}
	narrow := w.ann
	narrow.OnlyProject = w.Project
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"one's own, by id":               {see(w.carol, w.carol.ID), ""},
		"somebody else's":                {see(w.carol, w.ann.ID), "denied"},
		"an admin, outside":              {see(w.bob, w.carol.ID), "denied"},
		"an operator":                    {see(w.ann, w.carol.ID), ""},
		"an operator's narrow token":     {see(narrow, w.carol.ID), "denied"},
		"nobody's":                       {see(w.ann, outsider), "not_found"},
		"a member's":                     {ofMember(w.bob, w.Organization, w.carol.ID), ""},
		"an outsider's":                  {ofMember(w.bob, w.Organization, outsider), "limit.no_member"},
		"a member's, by a member":        {ofMember(w.carol, w.Organization, w.carol.ID), "not_found"},
		"in another organization":        {ofMember(w.bob, ident.New(), w.carol.ID), "not_found"},
		"reset one's own":                {reset(w.carol, w.carol.ID), "denied"},
		"reset by an organization":       {reset(w.bob, w.carol.ID), "denied"},
		"reset of somebody unknown":      {reset(w.ann, outsider), "not_found"},
		"reset of nobody":                {reset(w.ann, ident.ID{}), "rate.no_account"},
		"reset by an operator":           {reset(w.ann, w.carol.ID), ""},
		"reset by a narrow operator key": {reset(narrow, w.carol.ID), "denied"},
	} {
		if (c.err == nil) != (c.code == "") || c.code != "" && !fault.Is(c.err, c.code) {
			t.Errorf("%s: %v, want %q", name, c.err, c.code)
		}
	}
}

// What others set elsewhere is no business of an organization whose member somebody is too.
func TestAMembersRatesAreThoseOfTheOrganization(t *testing.T) {
	w := newWorld(t)
	w.mustSet(t, w.ann, "rate.api", Target{Scope: Project, ID: w.Project}, 7)
	seen, err := w.MemberRates(as(t, w.bob), RatesOfMember{Organization: w.Organization, User: w.carol.ID})
	if r := rateOf(t, seen, err)["api"]; r.Policy.Requests != 7 || r.Rule.Requests.Scope != Project {
		t.Errorf("at home: %+v", r)
	}
	w.places = abroad{w.tree, ident.New(), ident.New()}
	w.Reader.places = w.places
	w.mustSet(t, w.ann, "rate.api", Target{Scope: Project, ID: w.places.(abroad).home}, 3)
	seen, err = w.MemberRates(as(t, w.bob), RatesOfMember{Organization: w.Organization, User: w.carol.ID})
	if r := rateOf(t, seen, err)["api"]; r.Policy.Requests != 60 || r.Rule.Requests.Scope != Global {
		t.Errorf("who works elsewhere: %+v", r)
	}
	seen, err = w.Rates(as(t, w.ann), ListRates{User: w.carol.ID})
	if r := rateOf(t, seen, err)["api"]; r.Policy.Requests != 3 || r.Rule.Requests.Owner != w.places.(abroad).home {
		t.Errorf("for an operator: %+v", r)
	}
}

// abroad is the tree for people who work in another organization.
type abroad struct {
	tree
	home, organization ident.ID
}

func (a abroad) Locate(ctx context.Context, q pg.Querier, scope Scope, id ident.ID) (Place, error) {
	if scope == Project && id == a.home {
		return Place{Organization: a.organization, Project: a.home}, nil
	}
	return a.tree.Locate(ctx, q, scope, id)
}

func (a abroad) Home(context.Context, pg.Querier, ident.ID) (ident.ID, error) { return a.home, nil }

// A reset reaches the replicas that count for themselves: by a hint, or at the next look.
func TestAResetReachesOtherReplicas(t *testing.T) {
	w := newWorld(t)
	b, err := natsbus.Embed(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	other := NewReader(catalogue(t), w.tree, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	epoch := func() int64 { return other.resetOf(t.Context(), w.db, w.carol.ID).Version }
	reset := func() {
		if _, err := w.ResetRates(as(t, w.ann), ResetRates{User: w.carol.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if epoch() != 0 {
		t.Fatal("it was never reset")
	}
	reset()
	if got := epoch(); got != 0 {
		t.Errorf("%d without asking: it did not keep anything", got)
	}
	w.now = w.now.Add(recheck)
	if got := epoch(); got != 1 {
		t.Errorf("%d though the hint was lost", got)
	}

	w.Reader.Spread(b)
	other.Spread(b)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- other.Follow(ctx) }()
	reset()
	for epoch() != 2 { // until the subscription is there
		w.Reader.Changed([]eventlog.Event{{AggregateKind: rateKind}})
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
