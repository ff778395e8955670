package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

func TestEgressListIsChangedByFlags(t *testing.T) {
	now := []string{"a.test:443", "b.test"}
	for name, c := range map[string]struct {
		x    executionsEgress
		want []string
	}{
		"add":             {executionsEgress{Allow: []string{"c.test"}}, []string{"a.test:443", "b.test", "c.test"}},
		"take":            {executionsEgress{Revoke: []string{"b.test", "x.test"}}, []string{"a.test:443"}},
		"replace":         {executionsEgress{Set: []string{"c.test"}}, []string{"c.test"}},
		"nothing":         {executionsEgress{Set: []string{"none"}}, []string{}},
		"replace and add": {executionsEgress{Set: []string{"none"}, Allow: []string{"d.test"}}, []string{"d.test"}},
	} {
		if diff := cmp.Diff(c.want, append([]string{}, c.x.list(now)...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"a.test:443", "b.test"}, now); diff != "" {
		t.Errorf("the list that was read has changed: %s", diff)
	}
}

func TestEgressInOneLine(t *testing.T) {
	g := &stoa.ExecutionEgress{Allow: []string{"a.test"}, RefusedMore: 2, Refused: []stoa.EgressRefusal{
		{Destination: "169.254.169.254:80", Why: "metadata", Count: 1}, {Destination: "b.test", Why: "not on the list", Count: 3},
	}}
	want := "a.test; refused: 169.254.169.254:80 (metadata); b.test (not on the list, 3 times); 2 more"
	if got := egressSummary(g); got != want {
		t.Errorf("%q", got)
	}
	if got := egressSummary(&stoa.ExecutionEgress{}); got != "nothing" {
		t.Errorf("%q", got)
	}
}
