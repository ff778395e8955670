package eventloghttp

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Description is what others know of a type of event.
type Description struct {
	Name    string
	Version int             // of the type: the number at the end of its name
	Emitter string          // the slice of Stoa that says it
	Schema  json.RawMessage // JSON Schema (2020-12) of the data
	Example json.RawMessage // data that the schema admits
}

const dialect = "https://json-schema.org/draft/2020-12/schema"

type idSchema struct{}

// Schema implements huma.SchemaProvider.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// Describe describes every type of a catalogue, by name.
func Describe(catalogue *eventlog.Catalogue) (map[string]Description, error) {
	all := map[string]Description{}
	for _, name := range catalogue.Types() {
		t, _ := catalogue.Type(name)
		version, err := strconv.Atoi(name[strings.LastIndex(name, ".v")+2:])
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		described := Description{Name: name, Version: version, Emitter: path.Base(t.PkgPath())}
		if described.Schema, err = schema(name, t); err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		if described.Example, err = json.Marshal(sample(t, "").Interface()); err != nil {
			return nil, fmt.Errorf("make an example of %s: %w", name, err)
		}
		all[name] = described
	}
	return all, nil
}

func schema(name string, t reflect.Type) (json.RawMessage, error) {
	registry := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[ident.ID](), reflect.TypeFor[idSchema]())
	root := registry.Schema(t, false, t.Name())
	open(root)
	defs := registry.Map()
	delete(defs, huma.DefaultSchemaNamer(t, t.Name())) // the root itself
	for _, def := range defs {
		open(def)
	}
	body, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	document := map[string]any{}
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	document["$schema"], document["$id"], document["title"] = dialect, "/api/v1/events/types/"+name, name
	if len(defs) > 0 {
		document["$defs"] = defs
	}
	return json.Marshal(document)
}

// open admits fields that later programs add.
func open(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeObject && s.AdditionalProperties == false {
		s.AdditionalProperties = nil
	}
	open(s.Items)
	for _, p := range s.Properties {
		open(p)
	}
}
