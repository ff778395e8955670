package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Nodes manages the machines that run workloads.
type Nodes struct{ c *Client }

// List gives every node that the caller may see.
func (s *Nodes) List(ctx context.Context) iter.Seq2[Node, error] {
	return items[Node](ctx, s.c, "/nodes", nil)
}

// Get reads one node.
func (s *Nodes) Get(ctx context.Context, id string) (*Node, error) {
	return s.node(ctx, http.MethodGet, nodePath(id))
}

// Enroll makes a single-use token with which one machine's agent joins.
func (s *Nodes) Enroll(ctx context.Context, in NodeEnrollRequest) (*NodeEnrollment, error) {
	var out NodeEnrollment
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/nodes/enrollments", body: in}, &out)
	return &out, err
}

// Cordon gives the node no new work; what runs there goes on.
func (s *Nodes) Cordon(ctx context.Context, id string) (*Node, error) {
	return s.node(ctx, http.MethodPost, nodePath(id)+"/cordon")
}

// Uncordon gives the node work again.
func (s *Nodes) Uncordon(ctx context.Context, id string) (*Node, error) {
	return s.node(ctx, http.MethodPost, nodePath(id)+"/uncordon")
}

// Drain cordons the node and lets what runs there end, or moves it.
func (s *Nodes) Drain(ctx context.Context, id string) (*Node, error) {
	return s.node(ctx, http.MethodPost, nodePath(id)+"/drain")
}

// Remove retires the node and revokes its certificate.
func (s *Nodes) Remove(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: nodePath(id)}, nil)
	return err
}

func (s *Nodes) node(ctx context.Context, method, path string) (*Node, error) {
	var n Node
	_, err := s.c.do(ctx, request{method: method, path: path}, &n)
	return &n, err
}

func nodePath(id string) string { return "/nodes/" + url.PathEscape(id) }
