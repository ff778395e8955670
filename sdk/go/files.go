package stoa

import (
	"context"
	"fmt"
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

// Upload keeps a content under a name. One that the project has already gives the file that is there, under its first
// name. The content is read whole before it is sent, so that it can be sent again.
func (s *Files) Upload(ctx context.Context, projectID, name string, content io.Reader) (*File, error) {
	raw, err := io.ReadAll(content)
	if err != nil {
		return nil, fmt.Errorf("read what is to be uploaded: %w", err)
	}
	if raw == nil {
		raw = []byte{}
	}
	var out File
	q := query{}.set("project_id", projectID).set("name", name).values()
	_, err = s.c.do(ctx, request{method: http.MethodPost, path: "/files", query: q, raw: raw}, &out)
	return &out, err
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
