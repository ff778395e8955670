package executionhttp

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/script"
)

// wanted is the run that a request asks for, with the text of the saved script that it names. The
// caller sees the script, or the request is refused; what runs is a copy.
func (h handlers) wanted(ctx context.Context, r ExecutionRequest) (execution.Submit, error) {
	if r.Script == "" {
		return r.submit()
	}
	if r.Source != "" || r.Runtime != "" {
		return execution.Submit{}, fault.New(fault.Invalid, "execution.script_or_source", "Name a saved script, or send runtime and source: not both.").
			At("body.script", "excludes runtime and source")
	}
	d, err := h.scripts.Get(ctx, script.Ref{ProjectID: r.ProjectID, Script: r.Script})
	if err != nil {
		return execution.Submit{}, err
	}
	r.Runtime, r.Source = d.Revision.Runtime, d.Revision.Source
	if r.ProjectID.IsZero() {
		r.ProjectID = d.Script.ProjectID
	}
	return r.submit()
}
