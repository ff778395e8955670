package execution

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

type assigned struct {
	node.Sessions
	task node.Task
}

func (a *assigned) Assign(_ ident.ID, _ int64, t node.Task) error {
	a.task = t
	return nil
}

// What a compiler made is kept for the execution's project alone.
func TestTaskCacheScope(t *testing.T) {
	var to assigned
	e := Execution{ID: ident.New(), ProjectID: ident.New(), OwnerID: ident.New(), Attempt: 1}
	if err := (Tasks{&to}).Assign(t.Context(), Slot{}, e, Input{}); err != nil {
		t.Fatal(err)
	}
	if got := to.task.Execution.CacheScope; got != e.ProjectID.String() {
		t.Errorf("scope %q, want the project %s", got, e.ProjectID)
	}
}
