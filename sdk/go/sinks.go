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

// SinkUpdate says what is to be different about a sink; what is nil stays.
type SinkUpdate struct {
	Address             *string   `json:"address,omitempty"`     // with another one, its credentials must be given too
	Credentials         *string   `json:"credentials,omitempty"` // user:password; empty: none
	SchemaRegistry      *string   `json:"schema_registry,omitempty"`
	RegistryCredentials *string   `json:"schema_registry_credentials,omitempty"`
	Types               *[]string `json:"types,omitempty"`        // empty: all
	SubjectKind         *string   `json:"subject_kind,omitempty"` // empty: all
}

// Update changes how a sink is reached and what it gets, from where it is.
func (s *Sinks) Update(ctx context.Context, id string, in SinkUpdate) (*Sink, error) {
	var out Sink
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: "/sinks/" + url.PathEscape(id), body: in}, &out)
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
