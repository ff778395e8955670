package eventloghttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
)

// Envelope is the JSON Schema of whole events, for systems that keep schemas of what
// they carry. It is written in draft 7, which all of them read.
func (d Description) Envelope() (string, error) {
	whole, err := schema(d.Name, reflect.TypeFor[CloudEvent]())
	if err != nil {
		return "", fmt.Errorf("describe events of %s: %w", d.Name, err)
	}
	var document, data map[string]any
	if err := json.Unmarshal(whole, &document); err != nil {
		return "", fmt.Errorf("describe events of %s: %w", d.Name, err)
	}
	if err := json.Unmarshal(d.Schema, &data); err != nil {
		return "", fmt.Errorf("describe events of %s: %w", d.Name, err)
	}
	definitions := map[string]any{}
	for _, part := range []map[string]any{document, data} {
		if some, ok := part["$defs"].(map[string]any); ok {
			maps.Copy(definitions, some)
		}
		for _, keyword := range []string{"$defs", "$id", "$schema"} {
			delete(part, keyword)
		}
	}
	document["$schema"] = "http://json-schema.org/draft-07/schema#"
	if len(definitions) > 0 {
		document["definitions"] = definitions
	}
	properties, _ := document["properties"].(map[string]any)
	properties["type"] = map[string]any{"type": "string", "const": d.Name}
	properties["data"] = data
	body, err := json.Marshal(document)
	if err != nil {
		return "", fmt.Errorf("describe events of %s: %w", d.Name, err)
	}
	return string(bytes.ReplaceAll(body, []byte(`"#/$defs/`), []byte(`"#/definitions/`))), nil
}
