package cli

import (
	"slices"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type eventsGet struct {
	Event string `arg:"" help:"The event's id."`
}

// Run shows one event, the history of what it is about, and what else the request led to.
func (g *eventsGet) Run(c *call, client *stoa.Client) error {
	around, err := client.Events.Get(c.ctx, g.Event)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(around)
	}
	if err := printOne(c, around.Event, append(slices.Clip(eventColumns),
		column[stoa.Event]{title: "CORRELATION", value: func(e stoa.Event) string { return e.CorrelationID }},
		column[stoa.Event]{title: "DATA", value: func(e stoa.Event) string { return string(e.Data) }},
	)); err != nil {
		return err
	}
	for _, part := range []struct {
		title  string
		events []stoa.Event
	}{{"\nHistory of " + printable(around.Event.Subject), around.Timeline}, {"\nBy the same request", around.Related}} {
		if len(part.events) == 0 {
			continue
		}
		if err := c.printLine(part.title); err != nil {
			return err
		}
		if err := printList(c, part.events, eventColumns); err != nil {
			return err
		}
	}
	return nil
}
