// Package preference keeps how each person wants the console: theme, time zone,
// formats, editor, and whatever their own tools store under custom keys.
//
// Invariants. The changes are the truth; state and snapshots are folded from them
// and could be thrown away. A change is never edited: going back to an earlier
// state is another change. Only the person sees or changes any of it, and neither
// events nor audit records carry the values.
package preference

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
	_ "time/tzdata" // a time zone is checked on hosts without zone files too

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Preferences is how a person wants things. The zero of a field is its default.
type Preferences struct {
	Theme      string            `json:"theme" enum:"auto,light,dark"`
	Timezone   string            `json:"timezone" example:"Europe/Zurich" doc:"An IANA name; empty is the browser's."`
	DateFormat string            `json:"date_format" enum:"YYYY-MM-DD,DD.MM.YYYY,DD/MM/YYYY,MM/DD/YYYY"`
	TimeFormat string            `json:"time_format" enum:"24h,12h"`
	Editor     EditorPreferences `json:"editor"`
	Custom     map[string]any    `json:"custom" doc:"Whatever your own tools keep here, by key."`
}

// EditorPreferences is how the code editor looks and behaves.
type EditorPreferences struct {
	Theme       string `json:"theme" enum:"auto,light,dark" doc:"auto: as the console."`
	FontSize    int    `json:"font_size" minimum:"8" maximum:"32" doc:"In pixels."`
	TabSize     int    `json:"tab_size" minimum:"1" maximum:"8" doc:"In columns."`
	UseTabs     bool   `json:"use_tabs" doc:"Indent with tabs rather than spaces."`
	WordWrap    bool   `json:"word_wrap"`
	LineNumbers bool   `json:"line_numbers"`
}

// Defaults are the preferences of somebody who never changed any.
func Defaults() Preferences {
	return Preferences{
		Theme: "auto", DateFormat: "YYYY-MM-DD", TimeFormat: "24h",
		Editor: EditorPreferences{Theme: "auto", FontSize: 14, TabSize: 4, LineNumbers: true}, Custom: map[string]any{},
	}
}

// What no setting can widen.
const (
	maxCustomKeys  = 100
	maxCustomBytes = 16 << 10
	snapshotEvery  = 10
)

// Patch is a merge patch (RFC 7396): what is absent stays, null goes back to the default.
type Patch map[string]any

// merge applies a patch to a document, as RFC 7396 says.
func merge(target map[string]any, patch map[string]any) map[string]any {
	out := maps.Clone(target)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(out, key)
		case map[string]any:
			into, _ := out[key].(map[string]any)
			out[key] = merge(into, v)
		default:
			out[key] = v
		}
	}
	return out
}

// read turns a folded document into preferences: defaults where it says nothing, a
// refusal where it says what cannot be.
func read(doc map[string]any) (Preferences, error) {
	p := Defaults()
	raw, err := json.Marshal(doc)
	if err != nil {
		return p, fmt.Errorf("encode preferences: %w", err)
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fault.New(fault.Invalid, "preference.invalid", "A preference is of the wrong type.")
	}
	return p, p.check()
}

func (p Preferences) check() error {
	bad := fault.New(fault.Invalid, "preference.invalid", "The preferences cannot be kept as they are.")
	oneOf := func(path, value string, words ...string) {
		if !slices.Contains(words, value) {
			bad.At(path, fmt.Sprintf("is not one of %v", words))
		}
	}
	oneOf("body.theme", p.Theme, "auto", "light", "dark")
	oneOf("body.editor.theme", p.Editor.Theme, "auto", "light", "dark")
	oneOf("body.date_format", p.DateFormat, "YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY")
	oneOf("body.time_format", p.TimeFormat, "24h", "12h")
	if _, err := time.LoadLocation(p.Timezone); err != nil || p.Timezone == "Local" {
		bad.At("body.timezone", "is no IANA time zone, such as Europe/Zurich")
	}
	if p.Editor.FontSize < 8 || p.Editor.FontSize > 32 {
		bad.At("body.editor.font_size", "is not between 8 and 32")
	}
	if p.Editor.TabSize < 1 || p.Editor.TabSize > 8 {
		bad.At("body.editor.tab_size", "is not between 1 and 8")
	}
	if raw, err := json.Marshal(p.Custom); err != nil || len(p.Custom) > maxCustomKeys || len(raw) > maxCustomBytes {
		bad.At("body.custom", "has more than 100 keys or 16 KiB")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// known keeps words that nobody reads out of the document.
func (p Patch) known() error {
	bad := fault.New(fault.Invalid, "preference.invalid", "There is no such preference.")
	shape := map[string]map[string]bool{
		"theme": nil, "timezone": nil, "date_format": nil, "time_format": nil, "custom": nil,
		"editor": {"theme": true, "font_size": true, "tab_size": true, "use_tabs": true, "word_wrap": true, "line_numbers": true},
	}
	for key, value := range p {
		inner, ok := shape[key]
		if !ok {
			bad.At("body."+key, "is no preference; keep what is your own under custom")
		}
		fields, isObject := value.(map[string]any)
		if (key == "editor" || key == "custom") && value != nil && !isObject {
			bad.At("body."+key, "is not an object")
		}
		if inner != nil {
			for name := range fields {
				if !inner[name] {
					bad.At("body."+key+"."+name, "is no preference")
				}
			}
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
