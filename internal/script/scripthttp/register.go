// Package scripthttp is the public API of saved scripts.
package scripthttp

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/script"
)

type handlers struct{ slice *script.Slice }

// Register puts the operations on the API.
func Register(api huma.API, slice *script.Slice) {
	h := handlers{slice}
	const tag, all, one = "Scripts", "/api/v1/scripts", "/api/v1/scripts/{script}"
	huma.Register(api, httpx.Operation("script.list", http.MethodGet, all, "List saved scripts, by name", tag), h.list)
	create := httpx.Operation("script.create", http.MethodPost, all, "Save a program under a new name", tag)
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, h.create)
	huma.Register(api, httpx.Operation("script.get", http.MethodGet, one, "Get a script with one of its versions", tag), h.get)
	huma.Register(api, httpx.Operation("script.update", http.MethodPatch, one, "Rename, describe or share a script", tag), h.update)
	remove := httpx.Operation("script.delete", http.MethodDelete, one, "Delete a script with all its versions", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.remove)
	huma.Register(api, httpx.Operation("script.versions", http.MethodGet, one+"/versions", "List a script's versions, newest first", tag), h.versions)
	save := httpx.Operation("script.save", http.MethodPost, one+"/versions", "Save a new version of a script", tag)
	save.DefaultStatus = http.StatusCreated
	huma.Register(api, save, h.save)
}

// Script is a program under a name.
type Script struct {
	ID             ident.ID  `json:"id"`
	OrganizationID ident.ID  `json:"organization_id"`
	ProjectID      ident.ID  `json:"project_id"`
	OwnerID        ident.ID  `json:"owner_id"`
	Name           string    `json:"name" example:"hello"`
	Description    string    `json:"description"`
	Shared         bool      `json:"shared" doc:"Whether everybody who sees the project sees it; otherwise its owner alone."`
	Latest         int       `json:"latest" doc:"The number of its newest version."`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`

	Version *ScriptVersion `json:"version,omitempty" doc:"Only when one script is asked for."`
}

// ScriptVersion is one version of a script. It never changes.
type ScriptVersion struct {
	Number    int       `json:"number"`
	Runtime   string    `json:"runtime" example:"python@3.11"`
	Source    string    `json:"source,omitempty" doc:"Only when one version is asked for."`
	AuthorID  ident.ID  `json:"author_id"`
	CreatedAt time.Time `json:"created_at"`
}

func toDTO(s script.Script) Script {
	return Script{
		ID: s.ID, OrganizationID: s.OrganizationID, ProjectID: s.ProjectID, OwnerID: s.OwnerID, Name: s.Name, Description: s.Description,
		Shared: s.Shared, Latest: s.Latest, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

// IdempotencyHeader documents the header; the edge reads it.
type IdempotencyHeader struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request act once: the first answer is given again for 24 hours."`
}

// ScriptRef names a script in a path.
type ScriptRef struct {
	Script    string   `path:"script" maxLength:"80" doc:"Its id, or its name; @2 after it is its version 2." example:"hello@2"`
	ProjectID ident.ID `query:"project_id" doc:"Where to look for the name; the caller's default when absent."`
}

// ScriptID names a script in the path of what changes it.
type ScriptID struct {
	ID ident.ID `path:"script"`
}

type oneScript struct{ Body Script }

func answer(s script.Script, err error) (*oneScript, error) {
	if err != nil {
		return nil, err
	}
	return &oneScript{toDTO(s)}, nil
}

// ScriptContent is what a version holds.
type ScriptContent struct {
	Runtime string `json:"runtime" minLength:"1" maxLength:"64" example:"python@3.11" doc:"With as much of a version as matters."`
	Source  string `json:"source" minLength:"1" example:"print('hello')"`
}

func (c ScriptContent) content() script.Content {
	return script.Content{Runtime: c.Runtime, Source: c.Source}
}

func (h handlers) create(ctx context.Context, in *struct {
	IdempotencyHeader
	Body struct {
		ProjectID   ident.ID `json:"project_id,omitempty" doc:"The caller's default when absent."`
		Name        string   `json:"name" minLength:"1" maxLength:"63" example:"hello" doc:"a-z, 0-9, “.”, “_”, “-”."`
		Description string   `json:"description,omitempty" maxLength:"500"`
		Shared      bool     `json:"shared,omitempty" doc:"Let everybody who sees the project see and run it."`
		ScriptContent
	}
},
) (*oneScript, error) {
	b := in.Body
	return answer(h.slice.Create(ctx, script.Create{
		ProjectID: b.ProjectID, Name: b.Name, Description: b.Description, Shared: b.Shared, Content: b.content(),
	}))
}

func (h handlers) save(ctx context.Context, in *struct {
	ScriptID
	IdempotencyHeader
	Body struct {
		ScriptContent
		After int `json:"after,omitempty" minimum:"0" doc:"The version that was changed: refused when somebody saved another one meanwhile."`
	}
},
) (*oneScript, error) {
	return answer(h.slice.Save(ctx, script.Save{ID: in.ID, Content: in.Body.content(), After: in.Body.After}))
}

func (h handlers) update(ctx context.Context, in *struct {
	ScriptID
	Body struct {
		Name        *string `json:"name,omitempty" maxLength:"63"`
		Description *string `json:"description,omitempty" maxLength:"500"`
		Shared      *bool   `json:"shared,omitempty"`
	}
},
) (*oneScript, error) {
	return answer(h.slice.Update(ctx, script.Update{ID: in.ID, Name: in.Body.Name, Description: in.Body.Description, Shared: in.Body.Shared}))
}

func (h handlers) remove(ctx context.Context, in *ScriptID) (*struct{}, error) {
	_, err := h.slice.Delete(ctx, script.Delete{ID: in.ID})
	return nil, err
}

func (h handlers) get(ctx context.Context, in *struct {
	ScriptRef
	Version int `query:"version" minimum:"0" doc:"The newest when absent."`
},
) (*oneScript, error) {
	d, err := h.slice.Get(ctx, script.Ref{ProjectID: in.ProjectID, Script: in.Script, Number: in.Version})
	if err != nil {
		return nil, err
	}
	out := toDTO(d.Script)
	out.Version = new(ScriptVersion(d.Revision))
	return &oneScript{out}, nil
}

type listInput struct {
	ProjectID ident.ID `query:"project_id"`
	Cursor    string   `query:"cursor" maxLength:"128"`
	Limit     int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h handlers) list(ctx context.Context, in *listInput) (*struct {
	Body struct {
		Items      []Script `json:"items"`
		NextCursor string   `json:"next_cursor,omitempty"`
	}
}, error,
) {
	var out struct {
		Body struct {
			Items      []Script `json:"items"`
			NextCursor string   `json:"next_cursor,omitempty"`
		}
	}
	page, err := h.slice.List(ctx, script.List{ProjectID: in.ProjectID, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out.Body.Items = make([]Script, len(page.Items))
	for i, s := range page.Items {
		out.Body.Items[i] = toDTO(s)
	}
	out.Body.NextCursor = page.Next
	return &out, nil
}

func (h handlers) versions(ctx context.Context, in *struct {
	ScriptRef
	Cursor int `query:"cursor" minimum:"0"`
	Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50"`
},
) (*struct {
	Body struct {
		Items      []ScriptVersion `json:"items"`
		NextCursor string          `json:"next_cursor,omitempty"`
	}
}, error,
) {
	var out struct {
		Body struct {
			Items      []ScriptVersion `json:"items"`
			NextCursor string          `json:"next_cursor,omitempty"`
		}
	}
	found, err := h.slice.Versions(ctx, script.ListVersions{Ref: script.Ref{ProjectID: in.ProjectID, Script: in.Script}, Before: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out.Body.Items = make([]ScriptVersion, len(found))
	for i, r := range found {
		out.Body.Items[i] = ScriptVersion(r)
	}
	if last := len(found) - 1; last >= 0 && last+1 == in.Limit && found[last].Number > 1 {
		out.Body.NextCursor = strconv.Itoa(found[last].Number)
	}
	return &out, nil
}
