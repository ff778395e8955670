package stoa

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// request is one call of the API, before it is sent (perhaps several times).
type request struct {
	method string
	path   string // below /api/v1, escaped
	query  url.Values
	body   any
	raw    []byte // in place of body: bytes as they are
	source source // in place of body and query: bytes that are read anew for every attempt
	header http.Header
	once   bool // not to be tried again: a wrong password counts
}

// source gives what an attempt sends.
type source interface {
	// open gives the content, how many bytes it has (negative: not known), and the query that tells about it.
	open(context.Context) (content io.Reader, size int64, query url.Values, err error)
	// failed is told why an attempt failed. further: it began beyond the one before, so that it was not for nothing.
	// anew: another one makes sense, which the failure alone does not say.
	failed(why error) (further, anew bool)
}

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 5 * time.Second

	sourceRetries = 3 // times as often: long enough for a server that starts again
)

// do sends r until it succeeds or trying again is pointless, and decodes the answer into out (nil: thrown away).
func (c *Client) do(ctx context.Context, r request, out any) (*http.Response, error) {
	body, err := c.doRaw(ctx, r)
	if err != nil {
		return nil, err
	}
	defer body.Body.Close()
	if out == nil || body.StatusCode == http.StatusNoContent {
		_, _ = io.Copy(io.Discard, body.Body) // so that the connection is used again
		return body, nil
	}
	if err := json.NewDecoder(body.Body).Decode(out); err != nil {
		return nil, fmt.Errorf("decode answer of %s %s: %w", r.method, r.path, err)
	}
	return body, nil
}

// doRaw is do without decoding: the caller closes the body.
func (c *Client) doRaw(ctx context.Context, r request) (*http.Response, error) {
	payload := r.raw
	if r.body != nil {
		var err error
		if payload, err = json.Marshal(r.body); err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", r.method, r.path, err)
		}
	}
	header := r.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if r.method == http.MethodPost && header.Get("Idempotency-Key") == "" && !r.once {
		header.Set("Idempotency-Key", rand.Text())
	}
	for attempt := 0; ; attempt++ {
		resp, err := c.send(ctx, r, payload, header)
		if err == nil && resp.StatusCode < 400 {
			return resp, nil
		}
		if err == nil {
			err = problem(resp)
			resp.Body.Close()
		}
		wait, again := c.again(err, attempt)
		most := c.retries
		if r.source != nil {
			most *= sourceRetries
			further, anew := r.source.failed(err)
			if further {
				attempt = 0
			}
			if anew && !again {
				wait, again = c.backoff(attempt), true
			}
		}
		if !again || r.once || attempt >= most || ctx.Err() != nil {
			return nil, err
		}
		c.waiting(err, wait)
		if c.sleep(ctx, wait) != nil {
			return nil, err // the failure says more than "context canceled"
		}
	}
}

func (c *Client) send(ctx context.Context, r request, payload []byte, header http.Header) (*http.Response, error) {
	if c.baseError != nil {
		return nil, c.baseError
	}
	values, size := r.query, int64(0)
	var content io.Reader = bytes.NewReader(payload)
	if r.source != nil {
		var err error
		if content, size, values, err = r.source.open(ctx); err != nil {
			return nil, err
		}
	}
	target := c.base.String() + "/api/v1" + r.path
	if len(values) > 0 {
		target += "?" + values.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, content)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if r.source != nil {
		req.Body, req.ContentLength, req.GetBody = io.NopCloser(content), size, nil
		if size == 0 {
			req.Body = http.NoBody
		}
	}
	maps.Copy(req.Header, header)
	if req.Body == http.NoBody {
		req.Header.Del("Expect") // there is nothing to wait with
	}
	switch {
	case r.body != nil:
		req.Header.Set("Content-Type", "application/json")
	case r.raw != nil, r.source != nil:
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	req.Header.Set("User-Agent", c.agent)
	switch {
	case c.token != "":
		req.Header.Set("Authorization", "Bearer "+c.token)
	case c.session != nil:
		req.AddCookie(c.session)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &unreachable{err}
	}
	return resp, nil
}

// unreachable is a request that got no answer.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// IsUnreachable tells that the server could not be reached or broke off before it answered.
func IsUnreachable(err error) bool {
	var u *unreachable
	return errors.As(err, &u)
}

// again says whether a failure may pass, and when to try again.
func (c *Client) again(err error, attempt int) (time.Duration, bool) {
	if IsUnreachable(err) {
		return c.backoff(attempt), true
	}
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter > c.patience {
		return 0, false
	}
	switch {
	case e.RetryAfter > 0 && (e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable || e.Code == "idempotency_in_progress"):
		return e.RetryAfter, true
	case e.Status == http.StatusBadGateway, e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout:
		return c.backoff(attempt), true
	}
	return 0, false
}

// backoff doubles with each attempt; between half and all of it, so that clients that failed together do not return together.
func (c *Client) backoff(attempt int) time.Duration {
	ceiling := maxBackoff
	if attempt < 6 {
		ceiling = min(firstBackoff<<attempt, maxBackoff)
	}
	return ceiling/2 + time.Duration(c.jitter()*float64(ceiling/2))
}
