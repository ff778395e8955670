package outbound

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Transport is the client for libraries that want to send requests themselves: what it
// refuses and bounds, it refuses and bounds for them too.
func (c *Client) Transport() http.RoundTripper { return transport{c} }

type transport struct{ c *Client }

// RoundTrip implements http.RoundTripper. An answer that is longer than is read is an
// error: half of a document is none.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		read, err := io.ReadAll(io.LimitReader(r.Body, t.c.cfg.MaxBody+1))
		if err = errors.Join(err, r.Body.Close()); err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		if body = read; int64(len(body)) > t.c.cfg.MaxBody {
			return nil, errors.New("the request is too long")
		}
	}
	a, err := t.c.Do(r.Context(), r.Method, r.URL.String(), r.Header, body)
	if err != nil {
		return nil, err
	}
	if a.Truncated {
		return nil, fmt.Errorf("the answer of %s is longer than %d bytes", r.URL.Hostname(), t.c.cfg.MaxBody)
	}
	return &http.Response{
		Status: http.StatusText(a.Status), StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)),
	}, nil
}
