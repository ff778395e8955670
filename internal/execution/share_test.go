package execution_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// under counts what has a node.
func (w *world) under() int {
	w.t.Helper()
	n, err := pg.One[int](w.t.Context(), w.db, `SELECT count(*) FROM execution WHERE status IN ('scheduled', 'running')`)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// What a project or an organization may have under way together holds however many people
// it has, and for who comes at once as for who waits.
func TestSharedLimits(t *testing.T) {
	for limit, reason := range map[string]string{
		"execution.project.concurrent": execution.WaitsForProject, "execution.organization.concurrent": execution.WaitsForOrganization,
	} {
		t.Run(limit, func(t *testing.T) {
			w := newWorld(t)
			w.limits[limit] = 2
			w.join(16)
			all, errs := make([]execution.Execution, 12), make([]error, 12)
			var together sync.WaitGroup
			for i := range all {
				together.Go(func() { all[i], errs[i] = w.Submit(w.as(ident.New()), hello()) })
			}
			together.Wait()
			for i, e := range all {
				if errs[i] != nil {
					t.Fatal(errs[i])
				}
				d, err := w.Get(w.as(e.OwnerID), execution.Get{ID: e.ID})
				if err != nil || d.Status == execution.Queued && (d.Waiting.Code != reason || !strings.Contains(d.Waiting.Message, "has 2 executions under way")) {
					t.Errorf("it waits for %+v, %v", d.Waiting, err)
				}
			}
			for ended := 0; ended < len(all); {
				w.PullOnce(t.Context())
				if n := w.under(); n > 2 || n != min(2, len(all)-ended) {
					t.Fatalf("%d are under way when %d have ended", n, ended)
				}
				for _, e := range all {
					if now := w.get(e.ID); now.Status == execution.Scheduled {
						if err := w.end(now, exited(0)); err != nil {
							t.Fatal(err)
						}
						ended++
						break
					}
				}
			}
			w.checkLoad()
		})
	}
}

// Whose place is full waits; it keeps nobody else from the free slots.
func TestASharedLimitHoldsUpNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.join(4)
	crowd, other := ident.New(), ident.New()
	w.limits["execution.project.concurrent"] = 1
	w.submit(crowd, hello())
	held := w.submit(crowd, hello())
	w.limits["execution.project.concurrent/"+other.String()] = execution.Unshared // as if other worked elsewhere
	free := w.submit(other, hello())
	w.PullOnce(t.Context())
	if got := w.get(held.ID); got.Status != execution.Queued {
		t.Errorf("what is over the share is %s", got.Status)
	}
	if got := w.get(free.ID); got.Status != execution.Scheduled {
		t.Errorf("who works elsewhere is %s", got.Status)
	}
	delete(w.limits, "execution.project.concurrent/"+other.String())
	w.limits["execution.project.concurrent"] = 3
	w.PullOnce(t.Context())
	if got := w.get(held.ID); got.Status != execution.Scheduled {
		t.Errorf("after the limit was raised it is %s", got.Status)
	}
}
