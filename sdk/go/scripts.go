package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Scripts keeps programs under names, in versions that never change.
type Scripts struct{ c *Client }

// List gives the scripts of a project that the caller sees, by name. An empty project is the caller's default.
func (s *Scripts) List(ctx context.Context, projectID string) iter.Seq2[Script, error] {
	return items[Script](ctx, s.c, "/scripts", query{}.set("project_id", projectID).values())
}

// Get reads a script with one of its versions: an id or a name, with "@2" its version 2, else the newest.
func (s *Scripts) Get(ctx context.Context, projectID, script string) (*Script, error) {
	var out Script
	q := query{}.set("project_id", projectID).values()
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: scriptPath(script), query: q}, &out)
	return &out, err
}

// Versions gives a script's versions, the newest first, without their sources.
func (s *Scripts) Versions(ctx context.Context, projectID, script string) iter.Seq2[ScriptVersion, error] {
	return items[ScriptVersion](ctx, s.c, scriptPath(script)+"/versions", query{}.set("project_id", projectID).values())
}

// Create saves a program under a new name, as its version 1.
func (s *Scripts) Create(ctx context.Context, in ScriptCreateRequest) (*Script, error) {
	var out Script
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/scripts", body: in}, &out)
	return &out, err
}

// Save adds a version to a script.
func (s *Scripts) Save(ctx context.Context, id string, in ScriptSaveRequest) (*Script, error) {
	var out Script
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: scriptPath(id) + "/versions", body: in}, &out)
	return &out, err
}

// ScriptChange is what Update changes; nil leaves as it is.
type ScriptChange struct {
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
	Shared      *bool   `json:"shared,omitempty"`
}

// Update renames, describes or shares a script.
func (s *Scripts) Update(ctx context.Context, id string, in ScriptChange) (*Script, error) {
	var out Script
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: scriptPath(id), body: in}, &out)
	return &out, err
}

// Delete removes a script with every version. What ran of it stays.
func (s *Scripts) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: scriptPath(id)}, nil)
	return err
}

func scriptPath(script string) string { return "/scripts/" + url.PathEscape(script) }
