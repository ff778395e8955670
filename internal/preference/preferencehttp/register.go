// Package preferencehttp is the public API of personal preferences.
package preferencehttp

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/preference"
)

type handlers struct{ slice *preference.Slice }

// Register puts the operations on the API.
func Register(api huma.API, slice *preference.Slice) {
	h := handlers{slice}
	const tag, path = "Preferences", "/api/v1/me/preferences"
	huma.Register(api, httpx.Operation("preference.get", http.MethodGet, path, "Get your preferences", tag), h.get)
	change := httpx.Operation("preference.change", http.MethodPatch, path, "Change some of your preferences", tag)
	change.Description = "A merge patch (RFC 7396): what is absent stays as it is, null goes back to the default."
	huma.Register(api, change, h.change)
	huma.Register(api, httpx.Operation("preference.history", http.MethodGet, path+"/history", "List your changes, newest first", tag), h.history)
	huma.Register(api, httpx.Operation("preference.restore", http.MethodPost, path+"/restore", "Go back to how it was", tag), h.restore)
}

// Preferences is how a person wants the console.
type Preferences struct {
	Version     int64                  `json:"version" doc:"Counts your changes; 0 when there was none."`
	UpdatedAt   *time.Time             `json:"updated_at,omitempty"`
	Preferences preference.Preferences `json:"preferences"`
}

type answer struct{ Body Preferences }

func said(c preference.Current, err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	out := &answer{Preferences{Version: c.Version, Preferences: c.Preferences}}
	if c.Version > 0 {
		out.Body.UpdatedAt = &c.UpdatedAt
	}
	return out, nil
}

func (h handlers) get(ctx context.Context, _ *struct{}) (*answer, error) {
	return said(h.slice.Get(ctx, struct{}{}))
}

func (h handlers) change(ctx context.Context, in *struct {
	Body map[string]any `doc:"Any part of the preferences."`
},
) (*answer, error) {
	return said(h.slice.Change(ctx, in.Body))
}

func (h handlers) restore(ctx context.Context, in *struct {
	Body struct {
		Version *int64     `json:"version,omitempty" minimum:"0" doc:"How it was after this change; 0 is the defaults."`
		At      *time.Time `json:"at,omitempty" doc:"How it was at this time."`
	}
},
) (*answer, error) {
	return said(h.slice.Restore(ctx, preference.Restore{Version: in.Body.Version, At: in.Body.At}))
}

// PreferenceChange is one change of one's preferences.
type PreferenceChange struct {
	Version   int64          `json:"version"`
	ChangedAt time.Time      `json:"changed_at"`
	Patch     map[string]any `json:"patch" doc:"What it changed, as a merge patch."`
	Restored  *int64         `json:"restored,omitempty" doc:"The version that it went back to."`
}

func (h handlers) history(ctx context.Context, in *struct {
	Cursor int64 `query:"cursor" minimum:"0"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
},
) (*struct {
	Body struct {
		Items      []PreferenceChange `json:"items"`
		NextCursor string             `json:"next_cursor,omitempty"`
	}
}, error,
) {
	var out struct {
		Body struct {
			Items      []PreferenceChange `json:"items"`
			NextCursor string             `json:"next_cursor,omitempty"`
		}
	}
	changes, err := h.slice.History(ctx, preference.History{Before: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out.Body.Items = make([]PreferenceChange, len(changes))
	for i, c := range changes {
		out.Body.Items[i] = PreferenceChange(c)
	}
	if last := len(changes) - 1; last+1 == in.Limit && changes[last].Version > 1 {
		out.Body.NextCursor = strconv.FormatInt(changes[last].Version, 10)
	}
	return &out, nil
}
