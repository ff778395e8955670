package stoa

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

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
// sent from where it stands, and where it broke off, now or when it was uploaded before, only the rest is sent. What is
// longer than a MiB and cannot be read again is sent once.
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
		r.raw, r.query = head, q.values()
	case again:
		sum := sha256.New()
		_, _ = sum.Write(head) // never fails
		rest, err := io.Copy(sum, content)
		if err != nil {
			return nil, fmt.Errorf("read what is to be uploaded: %w", err)
		}
		hash := hex.EncodeToString(sum.Sum(nil))
		r.header = http.Header{"Expect": {"100-continue"}}
		r.source = &resumable{
			received: func(ctx context.Context) (int64, error) { return s.received(ctx, projectID, hash, true) },
			how:      how, query: q.set("sha256", hash).values(), content: content, seeker: seeker, start: start, size: int64(len(head)) + rest,
		}
	default:
		r.once, r.source = true, passing{how.counted(io.MultiReader(bytes.NewReader(head), content), 0, -1), q.values()}
	}
	var out File
	_, err = s.c.do(ctx, r, &out)
	return &out, err
}

// passing is a content that is read once.
type passing struct {
	content io.Reader
	query   url.Values
}

func (p passing) open(context.Context) (io.Reader, int64, url.Values, error) {
	return p.content, -1, p.query, nil
}

func (passing) failed(error) (further, anew bool) { return false, false }

// resumable is a content that can be read again, of which each attempt sends what is not there yet.
type resumable struct {
	received    func(context.Context) (int64, error)
	how         upload
	query       url.Values // with every attempt
	content     io.Reader
	seeker      io.Seeker
	start, size int64

	last    *stoppable
	offset  int64 // where the last attempt began
	further bool  // that was beyond the one before
	whole   bool  // all of it each time: somebody else goes on with what was sent before
}

func (r *resumable) open(ctx context.Context) (io.Reader, int64, url.Values, error) {
	r.last.stop() // an attempt that is over may still be read for a moment
	offset, err := r.here(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	if _, err := r.seeker.Seek(r.start+offset, io.SeekStart); err != nil {
		return nil, 0, nil, fmt.Errorf("go back in the content: %w", err)
	}
	r.further, r.offset = offset > r.offset, offset
	q := maps.Clone(r.query)
	if offset > 0 {
		q.Set("offset", strconv.FormatInt(offset, 10))
	}
	r.last = &stoppable{content: io.LimitReader(r.content, r.size-offset)}
	return r.how.counted(r.last, offset, r.size), r.size - offset, q, nil
}

// here asks how much the server has. One that doesn't tell gets all: it says itself what is wrong.
func (r *resumable) here(ctx context.Context) (int64, error) {
	if r.whole {
		return 0, nil
	}
	n, err := r.received(ctx)
	var refused *Error
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError && refused.Status != http.StatusTooManyRequests {
		return 0, nil
	}
	return min(n, r.size), err
}

func (r *resumable) failed(why error) (further, anew bool) {
	if refused, told := errors.AsType[*Error](why); told {
		switch refused.Code {
		case "file.upload_lost":
			anew, r.whole = !r.whole, true
		case "file.upload_offset", "file.upload_broken":
			anew = true
		default:
			anew = refused.Status >= http.StatusInternalServerError // nothing is done twice
		}
	}
	return r.further, anew
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

// counted tells how far a content was read of which sent bytes were sent before.
func (u upload) counted(content io.Reader, sent, total int64) io.Reader {
	if u.progress == nil {
		return content
	}
	return &counter{content: content, tell: u.progress, sent: sent, total: total}
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
