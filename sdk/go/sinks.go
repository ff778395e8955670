package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Sinks are other systems that get the log's events as they happen. For operators.
type Sinks struct{ c *Client }

// List gives every sink, and how it fares.
func (s *Sinks) List(ctx context.Context) iter.Seq2[Sink, error] {
	return items[Sink](ctx, s.c, "/sinks", url.Values{})
}

// Create sends events to another system.
func (s *Sinks) Create(ctx context.Context, in SinkCreateRequest) (*Sink, error) {
	var out Sink
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/sinks", body: in}, &out)
	return &out, err
}

// Pause sends a sink nothing for a while.
func (s *Sinks) Pause(ctx context.Context, id string) (*Sink, error) { return s.act(ctx, id, "pause") }

// Resume goes on with a paused sink, where it was.
func (s *Sinks) Resume(ctx context.Context, id string) (*Sink, error) {
	return s.act(ctx, id, "resume")
}

// Delete forgets a sink.
func (s *Sinks) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/sinks/" + url.PathEscape(id)}, nil)
	return err
}

func (s *Sinks) act(ctx context.Context, id, verb string) (*Sink, error) {
	var out Sink
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/sinks/" + url.PathEscape(id) + "/" + verb}, &out)
	return &out, err
}
