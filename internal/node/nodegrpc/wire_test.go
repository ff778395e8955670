package nodegrpc

import (
	"strings"
	"testing"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
)

// The task names who shares what compilers made.
func TestSpecCacheScope(t *testing.T) {
	if got := specTo(node.Task{Execution: &node.ExecutionSpec{CacheScope: "p"}}).Execution.GetCacheScope(); got != "p" {
		t.Errorf("scope %q", got)
	}
}

// What an agent writes is stored as text, which holds no NUL; one would keep the result from being stored.
func TestWhatAgentsWriteCanBeStored(t *testing.T) {
	r := resultOf(&agentv1.Result{
		ReasonMessage: "a\x00", Signal: "b\x00", ReasonCode: "c\x00", Class: "d\x00",
		Egress:           &agentv1.EgressReport{Refused: []*agentv1.EgressRefusal{{Destination: "e\x00\n", Why: "f\x00"}}},
		ArtefactsOmitted: []*agentv1.OmittedArtefact{{Reason: "g\x00"}},
	})
	image := imagesOf(&agentv1.ImageStatuses{Statuses: []*agentv1.ImageStatus{{
		Reason: "h\x00", Runtimes: []*agentv1.RuntimeClasses{{Reason: strings.Repeat("i", maxText) + "\x00"}},
	}}})[0]
	for _, text := range []string{
		r.ReasonMessage, r.Signal, r.ReasonCode, r.Class, r.Egress.Refused[0].Destination, r.Egress.Refused[0].Why, r.ArtefactsOmitted[0].Reason,
		image.Reason, image.Runtimes[0].Reason,
	} {
		if strings.ContainsAny(text, "\x00") || len(text) < 2 || len(text) > maxText+2 {
			t.Errorf("%.20q", text)
		}
	}
}
