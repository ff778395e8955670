package eventlog

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func positions[E interface{ at() int64 }](events []E) []int64 {
	all := []int64{}
	for _, e := range events {
		all = append(all, e.at())
	}
	return all
}

func (e Event) at() int64 { return e.Position }

func TestReadPages(t *testing.T) {
	w := newWorld(t)
	a, b := ident.New(), ident.New()
	w.commit(happened(a, 1), happened(b, 1), happened(a, 2), happened(b, 2), happened(a, 3))
	w.sequence()
	events, through, err := Read(t.Context(), w.db, 0, 2, Filter{AggregateID: a})
	w.must(err)
	if diff := cmp.Diff([]int64{1, 3}, positions(events)); diff != "" || through != 3 {
		t.Error(diff, through)
	}
	events, through, err = Read(t.Context(), w.db, through, 2, Filter{AggregateID: a})
	w.must(err)
	if diff := cmp.Diff([]int64{5}, positions(events)); diff != "" || through != 5 {
		t.Error(diff, through)
	}
	if events, through, err = Read(t.Context(), w.db, 5, 2, Filter{}); len(events) != 0 || through != 5 || err != nil {
		t.Error(events, through, err)
	}
	backwards, err := ReadBefore(t.Context(), w.db, 0, 3, Filter{})
	w.must(err)
	if diff := cmp.Diff([]int64{5, 4, 3}, positions(backwards)); diff != "" {
		t.Error(diff)
	}
}

// TestSQLAndMatchAgree: a stream filters in memory what a list filters in SQL.
func TestSQLAndMatchAgree(t *testing.T) {
	w := newWorld(t)
	ids := []ident.ID{{}, ident.New(), ident.New()}
	types := []string{"a.b.v1", "a.c.v1"}
	var all []Event
	for _, organization := range ids {
		for _, project := range ids {
			for _, name := range types {
				e := happened(ids[1], int64(len(all)+1))
				e.OrganizationID, e.ProjectID, e.Type = organization, project, name
				all = append(all, e)
			}
		}
	}
	w.commit(all...)
	w.sequence()
	all, _, err := Read(t.Context(), w.db, 0, 1000, Filter{})
	w.must(err)
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) []ident.ID { return rapid.SliceOfN(rapid.SampledFrom(ids[1:]), 0, 2).Draw(t, label) }
		f := Filter{
			Types:       rapid.SliceOfN(rapid.SampledFrom(append(types, "other.x.v1")), 0, 2).Draw(t, "types"),
			ProjectID:   rapid.SampledFrom(ids).Draw(t, "project"),
			AggregateID: rapid.SampledFrom(ids).Draw(t, "aggregate"),
		}
		if rapid.Bool().Draw(t, "scoped") {
			f.Scope = &Scope{All: rapid.IntRange(0, 5).Draw(t, "all") == 0, Projects: some("projects"), Organizations: some("organizations"), Whole: some("whole")}
			if rapid.Bool().Draw(t, "somebody") {
				f.Scope.Self = rapid.SampledFrom(all).Draw(t, "self").AggregateID
			}
		}
		want := []int64{}
		for _, e := range all {
			if f.Match(e) {
				want = append(want, e.Position)
			}
		}
		got, _, err := Read(w.t.Context(), w.db, 0, 1000, f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, positions(got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEveryFilterNarrowsAlikeInMemoryAndInSQL(t *testing.T) {
	w := newWorld(t)
	one, two := happened(ident.New(), 1), happened(ident.New(), 1)
	two.AggregateKind, two.ActorID, two.CorrelationID, two.Type = "other", ident.New(), "elsewhere", "other.happened.v1"
	two.Time = one.Time.Add(time.Minute)
	two.ID = ident.FloorAt(two.Time)
	two.OrganizationID, two.ProjectID = ident.New(), ident.New()
	w.commit(one, two)
	w.sequence()
	for name, f := range map[string]Filter{
		"kind":        {AggregateKind: "other"},
		"actor":       {ActorID: two.ActorID},
		"correlation": {CorrelationID: "elsewhere"},
		"from":        {From: two.Time.Add(-time.Second)},
		"type":        {Types: []string{"other.happened.v1"}},
		"scope":       {Scope: &Scope{Projects: []ident.ID{two.ProjectID}}},
	} {
		if f.Match(one) || !f.Match(two) {
			t.Errorf("%s: in memory", name)
		}
		events, _, err := Read(t.Context(), w.db, 0, 10, f)
		w.must(err)
		if len(events) != 1 || events[0].ID != two.ID {
			t.Errorf("%s: in SQL: %v", name, events)
		}
		if e, err := ReadEvent(t.Context(), w.db, two.ID, f); err != nil || e.Position == 0 {
			t.Errorf("%s: by id: %v", name, err)
		}
		if _, err := ReadEvent(t.Context(), w.db, one.ID, f); !errors.Is(err, pgx.ErrNoRows) {
			t.Errorf("%s: by id: %v", name, err)
		}
		f.From = one.Time.Add(-time.Hour)
		if name == "from" {
			f.From = two.Time
		}
		counts, err := CountEvents(t.Context(), w.db, f)
		w.must(err)
		if len(counts) != 1 || counts[0].Events != 1 || counts[0].Type != two.Type || !counts[0].Hour.Equal(two.Time.Truncate(time.Hour)) {
			t.Errorf("%s: counted %v", name, counts)
		}
	}
	if f := (Filter{To: two.Time}); !f.Match(one) || f.Match(two) {
		t.Error("to: in memory")
	}
	if events, _, err := Read(t.Context(), w.db, 0, 10, Filter{To: two.Time}); err != nil || len(events) != 1 || events[0].ID != one.ID {
		t.Errorf("to: in SQL: %v, %v", events, err)
	}
}
