package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type preferencesCommand struct {
	Show    preferencesShow    `cmd:"" default:"withargs" help:"Show how you want the console."`
	Set     preferencesSet     `cmd:"" help:"Change some: theme=dark editor.font_size=16."`
	Reset   preferencesReset   `cmd:"" help:"Take some back to their defaults."`
	History preferencesHistory `cmd:"" help:"List your changes, newest first."`
	Restore preferencesRestore `cmd:"" help:"Go back to how it was after a change, or at a time."`
}

type setting struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// showPreferences prints them, each by the name that set takes.
func (c *call) showPreferences(p *stoa.Preferences, err error) error {
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(p)
	}
	raw, err := json.Marshal(p.Preferences)
	if err != nil {
		return err
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	settings := flat("", doc)
	slices.SortFunc(settings, func(a, b setting) int { return strings.Compare(a.Name, b.Name) })
	return printList(c, settings, []column[setting]{
		{title: "NAME", value: func(s setting) string { return s.Name }},
		{title: "VALUE", value: func(s setting) string { return fmt.Sprint(s.Value) }},
	})
}

func flat(prefix string, doc map[string]any) []setting {
	var all []setting
	for name, value := range doc {
		if inner, ok := value.(map[string]any); ok && (prefix == "") {
			all = append(all, flat(name+".", inner)...)
			continue
		}
		all = append(all, setting{prefix + name, value})
	}
	return all
}
