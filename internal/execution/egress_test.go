package execution_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func (w *world) egress(user, id ident.ID) execution.Egress {
	w.t.Helper()
	d, err := w.Get(w.as(user), execution.Get{ID: id})
	if err != nil || d.Input.Egress == nil {
		w.t.Fatalf("get: %v, %+v", err, d.Input)
	}
	return *d.Input.Egress
}

func TestEgressGoesWithTheTask(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	w.limits["execution.egress.allowed"], w.limits["execution.egress.private"] = 1, 1
	user := ident.New()
	in := hello()
	in.Egress = []string{"PyPI.org:443", "10.1.0.0/16:5432", "pypi.org:443"}
	e := w.submit(user, in)
	want := execution.Egress{Allow: []string{"pypi.org:443", "10.1.0.0/16:5432"}, Private: true, Revision: 1}
	if diff := cmp.Diff(&want, w.nodes.sent[e.ID].in.Egress); diff != "" || !e.Network {
		t.Error(diff)
	}
	want.Refused = []node.EgressRefusal{}
	if diff := cmp.Diff(want, w.egress(user, e.ID)); diff != "" {
		t.Error(diff)
	}
	// The network without a list: all that the limit allows.
	in.Egress, in.Network = nil, true
	all := w.submit(user, in)
	if diff := cmp.Diff([]string{"*:443", "10.0.0.0/8"}, w.nodes.sent[all.ID].in.Egress.Allow); diff != "" {
		t.Error(diff)
	}
	if plain := w.submit(user, hello()); plain.Network {
		t.Error("network for nobody who asked")
	}
	// Reports come in, and the result's is the last; another attempt's, or another node's, is nothing.
	report := node.EgressReport{Revision: 1, Refused: []node.EgressRefusal{{Destination: "169.254.169.254:80", Why: "metadata", Count: 2}}}
	w.EgressReported(t.Context(), e.NodeID, ref(e), report)
	for _, r := range []struct {
		node    ident.ID
		attempt int
	}{{ident.New(), e.Attempt}, {e.NodeID, e.Attempt + 1}} {
		w.EgressReported(t.Context(), r.node, node.TaskRef{Kind: execution.Kind, ID: e.ID, Attempt: r.attempt}, node.EgressReport{Connections: 99})
	}
	if got := w.egress(user, e.ID); got.Connections != 0 || cmp.Diff(report.Refused, got.Refused) != "" || got.Applied != 1 {
		t.Errorf("%+v", got)
	}
	result := exited(0)
	result.Egress = &node.EgressReport{Revision: 1, Connections: 3, BytesOut: 10, BytesIn: 20, Refused: report.Refused, RefusedMore: 4}
	if err := w.end(e, result); err != nil {
		t.Fatal(err)
	}
	if got := w.egress(user, e.ID); got.Connections != 3 || got.BytesOut != 10 || got.BytesIn != 20 || got.RefusedMore != 4 {
		t.Errorf("%+v", got)
	}
	// Again, with the same list.
	again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID})
	if err != nil || cmp.Diff(want.Allow, w.egress(user, again.ID).Allow) != "" {
		t.Errorf("%v, %+v", err, w.egress(user, again.ID))
	}
}

func TestEgressChangesOnALiveRun(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	w.limits["execution.egress.allowed"] = 1
	user := ident.New()
	in := hello()
	in.Egress = []string{"pypi.org:443"}
	e, plain := w.submit(user, in), w.submit(user, hello())
	update := func(id ident.ID, rules ...string) error {
		_, err := w.UpdateEgress(w.as(user), execution.UpdateEgress{ID: id, Allow: rules})
		return err
	}
	for code, err := range map[string]error{
		"execution.egress_not_allowed": update(e.ID, "pypi.org:80"), "execution.egress_invalid": update(e.ID, "a b"),
		"execution.no_egress": update(plain.ID, "pypi.org:443"),
	} {
		if fault.Of(err).Code != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	if err := update(e.ID, "example.com:443"); err != nil {
		t.Fatal(err)
	}
	if got := w.egress(user, e.ID); got.Revision != 2 || got.Applied != 0 || cmp.Diff([]string{"example.com:443"}, got.Allow) != "" {
		t.Errorf("%+v", got)
	}
	if got := w.get(e.ID); got.Version != e.Version+1 {
		t.Errorf("version %d after %d", got.Version, e.Version)
	}
	if err := update(e.ID); err != nil { // nothing any more
		t.Fatal(err)
	}
	if got := w.egress(user, e.ID); got.Revision != 3 || len(got.Allow) != 0 {
		t.Errorf("%+v", got)
	}
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	if err := update(e.ID, "example.com:443"); fault.Of(err).Code != "execution.ended" {
		t.Errorf("got %v", err)
	}
}
