package nodegrpc

import (
	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

func artefactsTo(a *node.Artefacts) *agentv1.Artefacts {
	if a == nil {
		return nil
	}
	return &agentv1.Artefacts{Patterns: a.Patterns, MaxBytes: a.MaxBytes, MaxCount: int32(a.MaxCount)} //nolint:gosec // bounded by the limits slice
}

func artefactsOf(r *agentv1.Result) (kept []node.Artefact, omitted []node.OmittedArtefact) {
	for _, a := range r.GetArtefacts() {
		kept = append(kept, node.Artefact{Path: a.GetPath(), Size: a.GetSize(), SHA256: a.GetSha256(), Content: a.GetContent()})
	}
	for _, o := range r.GetArtefactsOmitted() {
		omitted = append(omitted, node.OmittedArtefact{Path: o.GetPath(), Reason: plain.Text(o.GetReason(), maxText)})
	}
	return kept, omitted
}
