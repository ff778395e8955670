package agent

import (
	"context"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// keepImages has the images ready that the control plane names, and no others.
func (a *Agent) keepImages(all []*agentv1.Image) {
	if a.cfg.Images == nil {
		return // this node says so by never having one ready
	}
	refs := make([]image.Ref, 0, len(all))
	for _, m := range all {
		reference, err := oci.Parse(m.GetReference())
		if err != nil {
			a.log.Error("the control plane names an image that cannot be", "error", err)
			continue
		}
		refs = append(refs, image.Ref{Reference: reference, Access: oci.Access{
			Username: m.GetUsername(), Password: secret.New(m.GetPassword()), Insecure: m.GetInsecure(),
		}})
	}
	a.cfg.Images.Keep(refs)
	a.ImagesChanged()
}

// ImagesChanged has the session tell how far the images are.
func (a *Agent) ImagesChanged() {
	a.imageNews.Store(true)
	a.table.ring()
}

func imageStatuses(all []image.Status) *agentv1.FromAgent {
	m := &agentv1.ImageStatuses{}
	for _, s := range all {
		m.Statuses = append(m.Statuses, &agentv1.ImageStatus{
			Digest: s.Digest, State: string(s.State), DoneBytes: s.Done, TotalBytes: s.Total, Reason: s.Reason,
		})
	}
	return &agentv1.FromAgent{Message: &agentv1.FromAgent_Images{Images: m}}
}

// inImage is the image's program of a task, or nil. Everything in it was signed.
func inImage(t *agentv1.Task) *image.Program {
	p := t.GetExecution().GetImage()
	if p == nil {
		return nil
	}
	return &image.Program{
		Digest: p.GetDigest(), Name: t.GetExecution().GetRuntime(), FileName: p.GetFileName(),
		Command: p.GetCommand(), Compile: p.GetCompile(), Env: p.GetEnv(),
	}
}

// runIn runs a job where it belongs: in an image, or among the host's own runtimes.
func (a *Agent) runIn(ctx context.Context, p *image.Program, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	switch {
	case p == nil:
		return a.cfg.Driver.Run(ctx, job, out)
	case a.cfg.Images == nil:
		return sandbox.Result{Outcome: sandbox.Error}, &sandbox.JobError{Field: "runtime", Problem: "this node runs no images"}
	}
	return a.cfg.Images.Run(ctx, *p, job, out)
}
