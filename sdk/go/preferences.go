package stoa

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// PreferencesAPI keeps how the caller wants the console.
type PreferencesAPI struct{ c *Client }

// Get reads the caller's preferences.
func (s *PreferencesAPI) Get(ctx context.Context) (*Preferences, error) {
	var p Preferences
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/me/preferences"}, &p)
	return &p, err
}

// Change applies a merge patch (RFC 7396): what is absent stays, nil goes back to the default.
func (s *PreferencesAPI) Change(ctx context.Context, patch map[string]any) (*Preferences, error) {
	var p Preferences
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: "/me/preferences", body: patch}, &p)
	return &p, err
}

// History gives the caller's changes, the newest first.
func (s *PreferencesAPI) History(ctx context.Context) iter.Seq2[PreferenceChange, error] {
	return items[PreferenceChange](ctx, s.c, "/me/preferences/history", nil)
}

// PreferenceRestore says what to go back to: one of both.
type PreferenceRestore struct {
	Version *int64     `json:"version,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

// Restore goes back to how it was after a version (0: the defaults) or at a time.
func (s *PreferencesAPI) Restore(ctx context.Context, in PreferenceRestore) (*Preferences, error) {
	var p Preferences
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/me/preferences/restore", body: in}, &p)
	return &p, err
}
