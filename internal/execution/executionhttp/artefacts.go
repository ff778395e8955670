package executionhttp

import (
	"archive/tar"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"path"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// ExecutionArtefact is a file that a run left behind.
type ExecutionArtefact struct {
	Path   string `json:"path" doc:"Relative to the program's folder." example:"out/plot.png"`
	Size   int64  `json:"size" doc:"In bytes."`
	SHA256 string `json:"sha256" doc:"Of its content, in hexadecimal."`
}

// OmittedArtefact is what was asked for and is not there.
type OmittedArtefact struct {
	Path   string `json:"path" doc:"A file, or the pattern that found none; empty where it concerns all."`
	Reason string `json:"reason" example:"nothing matched"`
}

func registerArtefacts(api huma.API, h handlers, tag string) {
	huma.Register(api, httpx.Operation("execution.artefacts", http.MethodGet, "/api/v1/executions/{id}/artefacts", "List an execution's artefacts", tag), h.artefacts)
	one := httpx.Operation("execution.artefact", http.MethodGet, "/api/v1/executions/{id}/artefacts/content", "Get one artefact", tag)
	one.Description = "Byte ranges are served. It is always a download: no browser shows it as a page of this site."
	httpx.RegisterRaw(api, one, "application/octet-stream", h.artefact)
	httpx.RegisterRaw(api, httpx.Operation("execution.artefacts.archive", http.MethodGet, "/api/v1/executions/{id}/artefacts/archive",
		"Get all artefacts as a tar archive", tag), "application/x-tar", h.archive)
}

// ArtefactList is what an execution left behind. It is empty until the execution has ended.
type ArtefactList struct {
	Items   []ExecutionArtefact `json:"items"`
	Omitted []OmittedArtefact   `json:"omitted"`
}

type artefactsOutput struct{ Body ArtefactList }

func artefactsDTO(all []execution.Artefact) (kept []ExecutionArtefact, omitted []OmittedArtefact) {
	for _, a := range all {
		if a.Omitted == "" {
			kept = append(kept, ExecutionArtefact{a.Path, a.Size, hex.EncodeToString(a.SHA256)})
		} else {
			omitted = append(omitted, OmittedArtefact{a.Path, a.Omitted})
		}
	}
	return kept, omitted
}

func (h handlers) artefacts(ctx context.Context, in *ExecutionPath) (*artefactsOutput, error) {
	all, err := h.slice.Artefacts(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	out := &artefactsOutput{}
	out.Body.Items, out.Body.Omitted = artefactsDTO(all)
	if out.Body.Items == nil {
		out.Body.Items = []ExecutionArtefact{}
	}
	if out.Body.Omitted == nil {
		out.Body.Omitted = []OmittedArtefact{}
	}
	return out, nil
}

type artefactInput struct {
	ExecutionPath
	Path string `query:"path" required:"true" maxLength:"1024" doc:"As it is listed." example:"out/plot.png"`
}

func (h handlers) artefact(ctx context.Context, in *artefactInput) (httpx.Serve, error) {
	a, err := h.slice.ReadArtefact(ctx, execution.ReadArtefact{ID: in.ID, Path: in.Path})
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		httpx.Download(w, path.Base(a.Path), "application/octet-stream")
		w.Header().Set("ETag", `"`+hex.EncodeToString(a.SHA256)+`"`)
		http.ServeContent(w, r, "", time.Time{}, a)
	}, nil
}

func (h handlers) archive(ctx context.Context, in *ExecutionPath) (httpx.Serve, error) {
	all, err := h.slice.ArtefactArchive(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		httpx.Download(w, in.ID.String()+".tar", "application/x-tar")
		archive := tar.NewWriter(w)
		for _, a := range all {
			// PAX: a name of any length, and nothing but regular files.
			if archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: a.Path, Size: a.Size, Mode: 0o644, Format: tar.FormatPAX}) != nil {
				return
			}
			if _, err := io.Copy(archive, a); err != nil {
				return // what the reader has is not closed, and so no whole archive
			}
		}
		_ = archive.Close()
	}, nil
}
