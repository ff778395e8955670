package execution

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestStepsAreWhatEventsTell(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	node := ident.New()
	quoted := `"node_id":"` + node.String() + `"`
	started := noon.Add(time.Second)
	for name, c := range map[string]struct {
		events [][2]string
		want   []string
	}{
		"at once": {
			[][2]string{{"execution.submitted.v1", `{"status":"scheduled",` + quoted + `}`}, {"execution.completed.v1", `{"status":"completed","attempt":1,` + quoted + `}`}},
			[]string{"submitted 0", "claimed 1 node", "started 2 node", "ended 1 node completed"},
		},
		"a node was lost": {
			[][2]string{
				{"execution.submitted.v1", `{"status":"queued"}`},
				{"execution.scheduled.v1", `{"attempt":1,` + quoted + `}`},
				{"execution.running.v1", `{"attempt":1,` + quoted + `}`},
				{"execution.requeued.v1", `{"attempt":1,"reason":"node_lost",` + quoted + `}`},
				{"execution.scheduled.v1", `{"attempt":2,` + quoted + `}`},
				{"execution.running.v1", `{"attempt":2,` + quoted + `}`},
				{"execution.cancel_requested.v1", `{` + quoted + `}`},
				{"execution.egress_changed.v1", `{"revision":2,` + quoted + `}`},
				{"execution.cancelled.v1", `{"status":"cancelled","reason":"cancelled","attempt":2,` + quoted + `}`},
				{"execution.deleted.v1", `{}`},
			},
			[]string{
				"submitted 0", "queued 0", "claimed 1 node", "started 1 node", "returned 1 node node_lost undone", "claimed 2 node",
				"started 2 node", "cancel_asked 0 node", "egress_changed 0 node", "ended 2 node cancelled cancelled",
			},
		},
	} {
		var events []Happened
		for _, e := range c.events {
			events = append(events, Happened{ID: ident.New(), Type: e[0], Time: noon, Data: []byte(e[1])})
		}
		steps, err := stepsOf(Execution{NodeID: node, Attempt: 2, StartedAt: &started}, events)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range steps {
			line := s.Name + " " + string(rune('0'+s.Attempt))
			if s.NodeID == node {
				line += " node"
			}
			if s.Reason != "" {
				line += " " + s.Reason
			}
			if s.Status != "" {
				line += " " + string(s.Status)
			}
			if s.Undone {
				line += " undone"
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := stepsOf(Execution{}, []Happened{{Type: "execution.submitted.v1", Data: []byte(`[`)}}); err == nil {
		t.Error("an event that is no event makes steps")
	}
}
