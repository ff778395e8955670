package limit

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestTheListTellsWhatIsUsed(t *testing.T) {
	w := newWorld(t)
	running := map[ident.ID]int64{w.carol.ID: 3, w.bob.ID: 0}
	err := w.Uses(map[string]Count{
		"execution.concurrent": func(_ context.Context, _ pg.Querier, who Subject) (int64, bool, error) {
			return running[who.User], true, nil
		},
		"script.max": func(_ context.Context, _ pg.Querier, who Subject) (int64, bool, error) {
			return 7, who.Project == w.Project, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	used := func(as command.Actor, in List) map[string]int64 {
		t.Helper()
		all, err := w.List(command.WithRequest(t.Context(), &command.Request{Actor: as, CorrelationID: "c"}), in)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int64{}
		for _, e := range all {
			if e.Used != nil {
				found[e.Name] = *e.Used
			}
		}
		return found
	}
	for what, got := range map[string]struct{ want, have map[string]int64 }{
		"one's own":           {map[string]int64{"execution.concurrent": 3}, used(w.carol, List{})},
		"in a project":        {map[string]int64{"execution.concurrent": 0, "script.max": 7}, used(w.bob, List{Project: w.Project})},
		"another's, operator": {map[string]int64{"execution.concurrent": 3}, used(w.ann, List{User: w.carol.ID})},
	} {
		if diff := cmp.Diff(got.want, got.have); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	if err := w.Uses(map[string]Count{"no.such": nil}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a limit that is none is counted: %v", err)
	}
}
