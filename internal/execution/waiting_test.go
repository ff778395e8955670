package execution_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestQueueShowsWhatWaitsWhereAndWhy(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	busy, other := ident.New(), ident.New()
	w.submit(busy, hello())
	low := hello()
	low.Priority = execution.Low
	last, first := w.submit(busy, low), w.submit(other, hello())

	page, err := w.Waiting(w.as(busy), execution.Waiting{ProjectID: w.proj, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 || page.Items[0].ID != first.ID || page.Items[0].Position != 1 || page.Items[0].Reason.Code != execution.WaitsForSlot {
		t.Fatalf("%+v", page.Items)
	}
	if page.Queued != 2 || page.Oldest == nil || !page.Oldest.Equal(w.get(last.ID).CreatedAt) || len(page.Owners) != 2 {
		t.Errorf("%+v", page)
	}
	if diff := cmp.Diff(map[execution.Priority]int{execution.Normal: 1, execution.Low: 1}, page.ByPriority); diff != "" {
		t.Error(diff)
	}
	after, err := execution.ParsePlace(page.Next.String())
	if err != nil {
		t.Fatal(err)
	}
	w.limits["execution.concurrent"] = 1
	page, err = w.Waiting(w.as(busy), execution.Waiting{ProjectID: w.proj, After: after})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != last.ID || page.Items[0].Position != 2 || !page.Next.ID.IsZero() {
		t.Fatalf("%+v, %v", page.Items, err)
	}
	if r := page.Items[0].Reason; r.Code != execution.WaitsForOwner || r.Message != "Its owner has 1 executions under way." {
		t.Errorf("%+v", r)
	}
	for name, c := range map[string]struct {
		in   execution.Waiting
		want int
	}{
		"of one user":          {execution.Waiting{OwnerID: other}, 1},
		"of one priority":      {execution.Waiting{Priority: new(execution.Low)}, 1},
		"of this organization": {execution.Waiting{OrganizationID: w.org}, 2},
		"of another":           {execution.Waiting{OrganizationID: ident.New()}, 0},
	} {
		if page, err := w.Waiting(w.asOperator(busy), c.in); err != nil || len(page.Items) != c.want || page.Queued != c.want {
			t.Errorf("%s: %d, %v", name, len(page.Items), err)
		}
	}
	if _, err := execution.ParsePlace("5.1"); err == nil {
		t.Error("that is no cursor")
	}
}

// Somebody whose own limit is below everybody's is passed by, not waited for.
func TestWhoMayHaveNoMoreHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	held, other := ident.New(), ident.New()
	var running []execution.Execution
	for range 2 {
		running = append(running, w.submit(held, hello()))
	}
	w.submit(held, hello())
	w.submit(held, hello())
	late := w.submit(other, hello())
	w.limits["execution.concurrent/"+held.String()] = 1
	for _, e := range running {
		if err := w.end(e, exited(0)); err != nil {
			t.Fatal(err)
		}
	}
	w.PullOnce(t.Context())
	if e := w.get(late.ID); e.Status != execution.Scheduled {
		t.Errorf("it is %s behind one who may have no more", e.Status)
	}
	w.checkLoad()
}

func TestListOverAllProjects(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	one, two := ident.New(), ident.New()
	running, waits := w.submit(one, hello()), w.submit(two, hello())
	list := func(ctx context.Context, in execution.ListAll) []ident.ID {
		t.Helper()
		page, err := w.ListAll(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		ids := []ident.ID{}
		for _, e := range page.Items {
			ids = append(ids, e.ID)
		}
		return ids
	}
	operator := w.asOperator(one)
	for name, c := range map[string]struct {
		in   execution.ListAll
		want []ident.ID
	}{
		"everything":       {execution.ListAll{}, []ident.ID{waits.ID, running.ID}},
		"of a project":     {execution.ListAll{ProjectID: w.proj}, []ident.ID{waits.ID, running.ID}},
		"of a user":        {execution.ListAll{OwnerID: two}, []ident.ID{waits.ID}},
		"of a status":      {execution.ListAll{Statuses: []execution.Status{execution.Scheduled}}, []ident.ID{running.ID}},
		"of a priority":    {execution.ListAll{Priority: new(execution.High)}, []ident.ID{}},
		"of a runtime":     {execution.ListAll{Runtime: "python@3"}, []ident.ID{waits.ID, running.ID}},
		"the second page":  {execution.ListAll{Before: waits.ID}, []ident.ID{running.ID}},
		"of the time":      {execution.ListAll{From: running.ID.Time(), To: w.now.Add(time.Hour)}, []ident.ID{waits.ID, running.ID}},
		"before the time":  {execution.ListAll{To: running.ID.Time()}, []ident.ID{}},
		"after the time":   {execution.ListAll{From: waits.ID.Time().Add(time.Millisecond)}, []ident.ID{}},
		"a page in time":   {execution.ListAll{From: running.ID.Time(), To: w.now.Add(time.Hour), Before: waits.ID}, []ident.ID{running.ID}},
		"in its project":   {execution.ListAll{ProjectID: w.proj, To: running.ID.Time()}, []ident.ID{}},
		"of no such place": {execution.ListAll{OrganizationID: ident.New()}, []ident.ID{}},
	} {
		if diff := cmp.Diff(c.want, list(operator, c.in)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := w.db.Exec(t.Context(), `INSERT INTO organization (id, version, slug, name, created_at) VALUES ($1, 1, 'o', 'O', now())`, w.org); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `INSERT INTO project (id, version, organization_id, slug, name, created_at) VALUES ($1, 1, $2, 'p', 'P', now())`, w.proj, w.org); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]ident.ID{waits.ID}, list(operator, execution.ListAll{OrganizationID: w.org, OwnerID: two})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ident.ID{}, list(operator, execution.ListAll{OrganizationID: w.org, From: waits.ID.Time().Add(time.Millisecond)})); diff != "" {
		t.Error(diff)
	}
}
