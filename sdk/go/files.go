package stoa

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"sync"
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

// UploadOption changes how Upload sends.
type UploadOption func(*upload)

type upload struct{ progress func(sent, total int64) }

// Progress is told how many bytes of how many were sent, more than once when an attempt is repeated; the total is
// negative where it is not known. It must not block, and is called from another
// goroutine than Upload.
func Progress(tell func(sent, total int64)) UploadOption {
	return func(u *upload) { u.progress = tell }
}

// wholeBytes is what is sent from memory.
const wholeBytes = 1 << 20

// Upload keeps a content under a name. One that the project has already gives the file that is there, under its first
// name. A content that can be read again (io.Seeker: a file) is hashed first, and not sent if the project has it; it is
// sent from where it stands, and again when an attempt fails. What is longer than a MiB and cannot be read again is sent once.
func (s *Files) Upload(ctx context.Context, projectID, name string, content io.Reader, options ...UploadOption) (*File, error) {
	var how upload
	for _, option := range options {
		option(&how)
	}
	q := query{}.set("project_id", projectID).set("name", name)
	r := request{method: http.MethodPost, path: "/files"}
	seeker, again := content.(io.Seeker)
	var start int64
	if again {
		var failed error
		start, failed = seeker.Seek(0, io.SeekCurrent)
		again = failed == nil // a pipe is a file that cannot
	}
	head, err := io.ReadAll(io.LimitReader(content, wholeBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read what is to be uploaded: %w", err)
	}
	switch {
	case len(head) <= wholeBytes:
		r.raw = head
	case again:
		hash := sha256.New()
		_, _ = hash.Write(head) // never fails
		rest, err := io.Copy(hash, content)
		if err != nil {
			return nil, fmt.Errorf("read what is to be uploaded: %w", err)
		}
		q.set("sha256", hex.EncodeToString(hash.Sum(nil)))
		r.source, r.header = how.again(content, seeker, start, int64(len(head))+rest), http.Header{"Expect": {"100-continue"}}
	default:
		r.once, r.source = true, func() (io.Reader, int64, error) {
			return how.counted(io.MultiReader(bytes.NewReader(head), content), -1), -1, nil
		}
	}
	r.query = q.values()
	var out File
	_, err = s.c.do(ctx, r, &out)
	return &out, err
}

// again gives the size bytes from start for each attempt. One that is over may still be read for a moment: it is stopped first.
func (u upload) again(content io.Reader, seeker io.Seeker, start, size int64) source {
	var last *stoppable
	return func() (io.Reader, int64, error) {
		last.stop()
		if _, err := seeker.Seek(start, io.SeekStart); err != nil {
			return nil, 0, fmt.Errorf("go back to the content's beginning: %w", err)
		}
		last = &stoppable{content: io.LimitReader(content, size)}
		return u.counted(last, size), size, nil
	}
}

// stoppable is a content that can be taken from whoever reads it.
type stoppable struct {
	mu      sync.Mutex
	content io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.content.Read(p)
}

func (s *stoppable) stop() {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.content = strings.NewReader("")
	}
}

func (u upload) counted(content io.Reader, total int64) io.Reader {
	if u.progress == nil {
		return content
	}
	return &counter{content: content, tell: u.progress, total: total}
}

// counter tells how far it was read.
type counter struct {
	content     io.Reader
	tell        func(sent, total int64)
	sent, total int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.content.Read(p)
	c.sent += int64(n)
	c.tell(c.sent, c.total)
	return n, err
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
