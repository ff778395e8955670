package stoa

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// maxFailures is how many connections in a row may give nothing before a stream reports the last failure.
const maxFailures = 10

// stream follows an event stream across connections. It ends when the caller stops, ctx is done, or the server
// refuses for good; a server that closes the connection is asked again from the last id.
func (c *Client) stream(ctx context.Context, path string, query url.Values, lastID string) iter.Seq2[frame, error] {
	return func(yield func(frame, error) bool) {
		s := &subscription{client: c, path: path, query: query, lastID: lastID}
		for failures := 0; ; {
			got, err := s.connection(ctx, yield)
			switch {
			case err == nil: // the caller has enough
				return
			case ctx.Err() != nil:
				yield(frame{}, context.Cause(ctx))
				return
			case got:
				failures = 0
			}
			wait, again := s.pause(err, failures)
			failures++
			if !again || failures > maxFailures {
				yield(frame{}, err)
				return
			}
			c.waiting(err, wait)
			if err := c.sleep(ctx, wait); err != nil {
				yield(frame{}, err)
				return
			}
		}
	}
}

type subscription struct {
	client *Client
	path   string
	query  url.Values
	lastID string
	retry  time.Duration
}

// pause says how long to wait before the next connection, and whether there is a point.
func (s *subscription) pause(err error, failures int) (time.Duration, bool) {
	if _, ok := errors.AsType[*Error](err); ok {
		return s.client.again(err, failures)
	}
	if errors.Is(err, errLineTooLong) {
		return 0, false
	}
	return s.retry + s.client.backoff(failures), true
}

// connection follows one connection until it breaks (an error) or the caller stops (nil).
// It tells whether anything came.
func (s *subscription) connection(ctx context.Context, yield func(frame, error) bool) (got bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(s.client.idle, func() { cancel(errors.New("the event stream went silent")) })
	defer watchdog.Stop()

	header := http.Header{"Accept": {"text/event-stream"}}
	if s.lastID != "" {
		header.Set("Last-Event-ID", s.lastID)
	}
	resp, err := s.client.send(ctx, request{method: http.MethodGet, path: s.path, query: s.query}, nil, header)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return false, problem(resp)
	}
	in := frames{in: bufio.NewReaderSize(&guarded{resp.Body, watchdog, s.client.idle}, 32<<10), lastID: s.lastID}
	for {
		f, err := in.next()
		if err != nil {
			s.lastID = in.lastID // an id may come without data
			return got, &unreachable{fmt.Errorf("read event stream: %w", err)}
		}
		got = true
		if f.retry > 0 {
			s.retry = f.retry
		}
		s.lastID = f.id
		if len(f.data) > 0 && !yield(f, nil) {
			return got, nil
		}
	}
}

// guarded puts the watchdog off with every read; heartbeats count.
type guarded struct {
	io.Reader
	watchdog *time.Timer
	idle     time.Duration
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	g.watchdog.Reset(g.idle)
	return n, err
}
