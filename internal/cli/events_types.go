package cli

import (
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type eventsTypes struct {
	Type string `arg:"" optional:"" help:"The type whose JSON Schema and example to show."`
}

// Run lists the types, or shows one.
func (t *eventsTypes) Run(c *call, client *stoa.Client) error {
	if t.Type != "" {
		described, err := client.Events.Type(c.ctx, t.Type)
		if err != nil {
			return err
		}
		return c.printData(described)
	}
	all, err := client.Events.Types(c.ctx)
	if err != nil {
		return err
	}
	return printList(c, all, []column[stoa.EventTypeSummary]{
		{title: "TYPE", value: func(t stoa.EventTypeSummary) string { return t.Name }},
		{title: "VERSION", value: func(t stoa.EventTypeSummary) string { return fmt.Sprint(t.Version) }},
		{title: "EMITTER", value: func(t stoa.EventTypeSummary) string { return t.Emitter }},
	})
}
