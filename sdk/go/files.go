package stoa

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
)

// Files keeps contents that runs take by reference: an ExecutionFile names one by its FileID.
type Files struct{ c *Client }

// List gives a project's files, newest first. An empty project is the caller's default.
func (s *Files) List(ctx context.Context, projectID string) iter.Seq2[File, error] {
	return items[File](ctx, s.c, "/files", query{}.set("project_id", projectID).values())
}

// Get tells about a file, without its content.
func (s *Files) Get(ctx context.Context, id string) (*File, error) {
	var out File
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: filePath(id)}, &out)
	return &out, err
}

// Received tells how many bytes of a content are here, by its SHA-256 in hexadecimal: all, if the project has it; else
// what the caller sent before it broke off. Upload asks by itself.
func (s *Files) Received(ctx context.Context, projectID, hash string) (int64, error) {
	return s.received(ctx, projectID, hash, false)
}

func (s *Files) received(ctx context.Context, projectID, hash string, once bool) (int64, error) {
	var out FileReceived
	q := query{}.set("project_id", projectID).set("sha256", hash).values()
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/files/received", query: q, once: once}, &out)
	return out.Bytes, err
}

// Content reads a file. The caller closes it.
func (s *Files) Content(ctx context.Context, id string) (io.ReadCloser, error) {
	resp, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: filePath(id) + "/content"})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Delete removes a file. What ran with it stays as it is.
func (s *Files) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: filePath(id)}, nil)
	return err
}

func filePath(id string) string { return "/files/" + url.PathEscape(id) }
