package executionhttp

import (
	"context"
	"strings"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
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
	submit, err := r.submit()
	submit.Script = execution.Script{ID: d.Script.ID, Version: d.Revision.Number, Name: d.Script.Name}
	return submit, err
}

// ranOf finds the script, and the version if one is named, whose executions are asked for.
// An id is taken as it is: a script that is gone has executions still.
func (h handlers) ranOf(ctx context.Context, project ident.ID, ref string) (id ident.ID, version int, err error) {
	if ref == "" {
		return id, 0, nil
	}
	if id, err = ident.Parse(ref); err == nil {
		return id, 0, nil
	}
	d, err := h.scripts.Get(ctx, script.Ref{ProjectID: project, Script: ref})
	if err != nil {
		return id, 0, err
	}
	if strings.Contains(ref, "@") {
		version = d.Revision.Number
	}
	return d.Script.ID, version, nil
}
