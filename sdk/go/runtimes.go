package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Runtimes tells which languages can be run.
type Runtimes struct{ c *Client }

// List gives every runtime in every version that some node offers.
func (s *Runtimes) List(ctx context.Context) ([]Runtime, error) {
	var p page[Runtime]
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/runtimes"}, &p)
	return p.Items, err
}

// Examples gives programs that show what newer versions of a language accept, and where they run; of all languages if it is empty.
func (s *Runtimes) Examples(ctx context.Context, language string) iter.Seq2[ScriptExample, error] {
	return items[ScriptExample](ctx, s.c, "/runtimes/examples", query{}.set("language", language).values())
}

// Create makes a container image a runtime. The registry is asked once what its
// reference means; nodes then pull that.
func (s *Runtimes) Create(ctx context.Context, in RuntimeCreateRequest) (*Runtime, error) {
	var out Runtime
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/runtimes", body: in}, &out)
	return &out, err
}

// RuntimeUpdate changes what operators say of a runtime; what is zero stays.
type RuntimeUpdate struct {
	Class  string    `json:"class,omitempty"`  // the weakest isolation class of its runs, fresh or gvisor; "auto": the settings decide
	Egress *[]string `json:"egress,omitempty"` // what runs may connect to that name no list of their own; empty: nothing
}

// Update says how a runtime's runs are kept apart at least, and what they may connect to: of an image, or of what nodes have installed.
func (s *Runtimes) Update(ctx context.Context, id string, in RuntimeUpdate) (*Runtime, error) {
	var out Runtime
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: "/runtimes/" + url.PathEscape(id), body: in}, &out)
	return &out, err
}

// Remove retires a runtime that is an image ("python@3.12.8").
func (s *Runtimes) Remove(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/runtimes/" + url.PathEscape(id)}, nil)
	return err
}

// Inspect asks a registry what an image is.
func (s *Runtimes) Inspect(ctx context.Context, in RuntimeInspectRequest) (*InspectedImage, error) {
	var out InspectedImage
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/runtimes/inspect", body: in}, &out)
	return &out, err
}

// Nodes tells how far each node is with each image that is a runtime.
func (s *Runtimes) Nodes(ctx context.Context) ([]RuntimeNode, error) {
	var p page[RuntimeNode]
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/runtimes/nodes"}, &p)
	return p.Items, err
}
