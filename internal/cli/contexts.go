package cli

import (
	"maps"
	"slices"

	"github.com/stoa-cloud/stoa/internal/cli/config"
)

type contextCommand struct {
	List contextList `cmd:"" default:"withargs" help:"List contexts."`
	Use  contextUse  `cmd:"" help:"Make a context the current one."`
}

type contextList struct{}

// shownContext is a context without its token.
type shownContext struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Project string `json:"project,omitempty"`
	Current bool   `json:"current"`
}

// Run lists contexts. Tokens are not shown.
func (contextList) Run(c *call) error {
	_, file, err := c.config()
	if err != nil {
		return err
	}
	shown := []shownContext{}
	for _, name := range slices.Sorted(maps.Keys(file.Contexts)) {
		entry := file.Contexts[name]
		shown = append(shown, shownContext{Name: name, URL: entry.URL, Project: entry.Project, Current: name == file.Current})
	}
	return printList(c, shown, []column[shownContext]{
		{title: "CURRENT", value: func(s shownContext) string { return yes(s.Current) }},
		{title: "NAME", value: func(s shownContext) string { return s.Name }},
		{title: "URL", value: func(s shownContext) string { return s.URL }},
		{title: "PROJECT", value: func(s shownContext) string { return s.Project }},
	})
}

type contextUse struct {
	Name string `arg:"" help:"The context."`
}

// Run changes the current context.
func (u *contextUse) Run(c *call) error {
	return c.updateConfig(func(file *config.Config) error {
		if _, known := file.Contexts[u.Name]; !known {
			return usagef("there is no context %q; `stoa context list` shows them", u.Name)
		}
		file.Current = u.Name
		return nil
	})
}
