package agent

import (
	"context"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
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
		ref := image.Ref{Reference: reference, Access: oci.Access{
			Username: m.GetUsername(), Password: secret.New(m.GetPassword()), Insecure: m.GetInsecure(),
		}}
		for _, r := range m.GetRuntimes() {
			ref.Programs = append(ref.Programs, programOf(r.GetName(), r.GetProgram()))
		}
		refs = append(refs, ref)
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
		status := &agentv1.ImageStatus{
			Digest: s.Digest, State: string(s.State), DoneBytes: s.Done, TotalBytes: s.Total, Reason: plain.Text(s.Reason, maxMessageText),
		}
		for _, v := range s.Runtimes {
			one := &agentv1.RuntimeClasses{Name: v.Name, Reason: plain.Text(v.Reason, maxMessageText)}
			for _, c := range v.Classes {
				one.Classes = append(one.Classes, string(c))
			}
			status.Runtimes = append(status.Runtimes, one)
		}
		m.Statuses = append(m.Statuses, status)
	}
	return &agentv1.FromAgent{Message: &agentv1.FromAgent_Images{Images: m}}
}

// inImage is the image's program of a task, or nil. Everything in it was signed.
func inImage(t *agentv1.Task) *image.Program {
	p := t.GetExecution().GetImage()
	if p == nil {
		return nil
	}
	program := programOf(t.GetExecution().GetRuntime(), p)
	return &program
}

func programOf(name string, p *agentv1.ImageProgram) image.Program {
	return image.Program{
		Digest: p.GetDigest(), Name: name, FileName: p.GetFileName(), Command: p.GetCommand(), Compile: p.GetCompile(), Env: p.GetEnv(),
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
