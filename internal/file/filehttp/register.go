// Package filehttp is the public API of uploads.
package filehttp

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/file"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

type handlers struct{ slice *file.Slice }

// Register puts the operations on the API.
func Register(api huma.API, slice *file.Slice) {
	h := handlers{slice}
	const tag, all, one = "Files", "/api/v1/files", "/api/v1/files/{id}"
	huma.Register(api, httpx.Operation("file.list", http.MethodGet, all, "List a project's files, newest first", tag), h.list)
	upload := httpx.Operation("file.upload", http.MethodPost, all, "Upload a file", tag)
	upload.Description = "The body is the content, of any length up to the limit file.max_bytes; it is kept while it comes, and half of one is no file. " +
		"A content that the project has already answers 200 and the file that is there, under its first name. With its hash in sha256 (and “Expect: 100-continue”) such a content need not be sent, " +
		"and what broke off is kept for an hour: file.received tells how much is here, and offset sends only the rest."
	upload.DefaultStatus = http.StatusCreated
	huma.Register(api, httpx.Streams(upload, "application/octet-stream"), h.upload)
	api.OpenAPI().Paths[all].Post.RequestBody.Required = false // a file may be empty
	answers := api.OpenAPI().Paths[all].Post.Responses
	answers["200"] = &huma.Response{Description: "The project had this content already.", Content: answers["201"].Content}
	received := httpx.Operation("file.received", http.MethodGet, all+"/received", "Tell how much of a content is here", tag)
	received.Description = "All of it, where the project has it; else what the caller sent before the connection broke, to go on from there."
	huma.Register(api, received, h.received)
	huma.Register(api, httpx.Operation("file.get", http.MethodGet, one, "Get a file, without its content", tag), h.get)
	content := httpx.Operation("file.content", http.MethodGet, one+"/content", "Get a file's content", tag)
	content.Description = "Byte ranges are served. It is always a download: no browser shows it as a page of this site."
	httpx.RegisterRaw(api, content, "application/octet-stream", h.content)
	remove := httpx.Operation("file.delete", http.MethodDelete, one, "Delete a file", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.remove)
}

// File is an upload.
type File struct {
	ID             ident.ID  `json:"id"`
	OrganizationID ident.ID  `json:"organization_id"`
	ProjectID      ident.ID  `json:"project_id"`
	OwnerID        ident.ID  `json:"owner_id" doc:"Who uploaded it first."`
	Name           string    `json:"name" example:"data.csv" doc:"As it was uploaded first."`
	Size           int64     `json:"size" doc:"In bytes."`
	SHA256         string    `json:"sha256" doc:"Of its content, in hexadecimal."`
	CreatedAt      time.Time `json:"created_at"`
	UploadedAt     time.Time `json:"uploaded_at" doc:"When its content was uploaded last."`
}

func toDTO(f file.File) File {
	return File{
		ID: f.ID, OrganizationID: f.OrganizationID, ProjectID: f.ProjectID, OwnerID: f.OwnerID, Name: f.Name, Size: f.Size,
		SHA256: hex.EncodeToString(f.SHA256), CreatedAt: f.CreatedAt, UploadedAt: f.UploadedAt,
	}
}

// FilePath names one file.
type FilePath struct {
	ID ident.ID `path:"id"`
}

type uploadInput struct {
	Key       string   `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request act once: the first answer is given again for 24 hours."`
	Name      string   `query:"name" required:"true" minLength:"1" maxLength:"255" example:"data.csv" doc:"What it is called; no path."`
	ProjectID ident.ID `query:"project_id" doc:"The caller's default when absent."`
	SHA256    string   `query:"sha256" pattern:"^[0-9a-fA-F]{64}$" doc:"The content's hash, in hexadecimal: of a content that the project has already nothing is read, and another one is refused when something else arrives."`
	Offset    int64    `query:"offset" minimum:"0" doc:"Bytes of the content that were sent before (file.received), so that the body is the rest. Needs sha256."`
}

type uploadOutput struct {
	Status int `json:"-"`
	Body   File
}

func (h handlers) upload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	content, size := httpx.Body(ctx)
	sum, err := hex.DecodeString(in.SHA256)
	if err != nil {
		return nil, fmt.Errorf("decode a hash that was checked: %w", err)
	}
	done, err := h.slice.Receive(ctx, file.Incoming{ProjectID: in.ProjectID, Name: in.Name, Size: size, SHA256: sum, Offset: in.Offset, Content: content})
	if err != nil {
		return nil, err
	}
	out := &uploadOutput{Status: http.StatusOK, Body: toDTO(done.File)}
	if done.New {
		out.Status = http.StatusCreated
	}
	return out, nil
}

type receivedInput struct {
	ProjectID ident.ID `query:"project_id" doc:"The caller's default when absent."`
	SHA256    string   `query:"sha256" required:"true" pattern:"^[0-9a-fA-F]{64}$" doc:"The content's hash, in hexadecimal."`
}

// FileReceived is how much of a content is here.
type FileReceived struct {
	Bytes int64 `json:"bytes"`
}

func (h handlers) received(ctx context.Context, in *receivedInput) (*struct{ Body FileReceived }, error) {
	sum, err := hex.DecodeString(in.SHA256)
	if err != nil {
		return nil, fmt.Errorf("decode a hash that was checked: %w", err)
	}
	n, err := h.slice.Received(ctx, file.Received{ProjectID: in.ProjectID, SHA256: sum})
	if err != nil {
		return nil, err
	}
	return &struct{ Body FileReceived }{FileReceived{n}}, nil
}

type listInput struct {
	ProjectID ident.ID `query:"project_id"`
	Cursor    ident.ID `query:"cursor"`
	Limit     int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Items      []File `json:"items"`
		NextCursor string `json:"next_cursor,omitempty"`
	}
}

func (h handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	page, err := h.slice.List(ctx, file.List{ProjectID: in.ProjectID, Before: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]File, len(page.Items))
	for i, f := range page.Items {
		out.Body.Items[i] = toDTO(f)
	}
	if !page.Next.IsZero() {
		out.Body.NextCursor = page.Next.String()
	}
	return out, nil
}

func (h handlers) get(ctx context.Context, in *FilePath) (*struct{ Body File }, error) {
	f, err := h.slice.Get(ctx, file.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return &struct{ Body File }{toDTO(f)}, nil
}

func (h handlers) content(ctx context.Context, in *FilePath) (httpx.Serve, error) {
	f, err := h.slice.Read(ctx, file.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		httpx.Download(w, f.Name, "application/octet-stream")
		w.Header().Set("ETag", `"`+hex.EncodeToString(f.SHA256)+`"`)
		http.ServeContent(w, r, "", time.Time{}, f)
	}, nil
}

func (h handlers) remove(ctx context.Context, in *FilePath) (*struct{}, error) {
	_, err := h.slice.Delete(ctx, file.Delete{ID: in.ID})
	return nil, err
}
