package cli

import (
	"encoding/json"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type preferencesSet struct {
	Pairs []string `arg:"" name:"name=value" help:"What to change; a value is JSON if it can be, else a word."`
}

// Run changes preferences, all at once.
func (s *preferencesSet) Run(c *call, client *stoa.Client) error {
	patch := map[string]any{}
	for _, pair := range s.Pairs {
		name, text, found := strings.Cut(pair, "=")
		if !found {
			return usagef("%q is not NAME=VALUE", pair)
		}
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		put(patch, name, value)
	}
	return c.showPreferences(client.Preferences.Change(c.ctx, patch))
}

// put sets "editor.font_size" in a patch.
func put(patch map[string]any, name string, value any) {
	group, field, nested := strings.Cut(name, ".")
	if !nested {
		patch[name] = value
		return
	}
	inner, ok := patch[group].(map[string]any)
	if !ok {
		inner = map[string]any{}
		patch[group] = inner
	}
	inner[field] = value
}
