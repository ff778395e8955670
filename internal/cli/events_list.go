package cli

import (
	"encoding/json"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type eventsList struct {
	eventChoice
	Limit int    `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
	Watch bool   `short:"w" help:"Show events as they happen, until interrupted."`
	After string `name:"after" placeholder:"POSITION" help:"With --watch: begin after this position of the log."`
}

// Run lists or watches events.
func (l *eventsList) Run(c *call, client *stoa.Client) error {
	filter, err := l.filter(c, client)
	if err != nil {
		return err
	}
	filter.After = l.After
	if l.Watch {
		return l.watch(c, client, filter)
	}
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 100)
	}
	events, err := stoa.Collect(client.Events.List(c.ctx, filter), l.Limit)
	if err != nil {
		return err
	}
	return printList(c, events, eventColumns)
}

// watch prints one line for each event; as JSON, one object a line.
func (l *eventsList) watch(c *call, client *stoa.Client, filter stoa.EventFilter) error {
	for event, err := range client.Events.Watch(c.ctx, filter) {
		if err != nil {
			return err
		}
		switch c.Output {
		case "json":
			raw, err := json.Marshal(event)
			if err != nil {
				return err
			}
			if err := c.printLine(string(raw)); err != nil {
				return err
			}
		case "yaml":
			if err := c.printLine("---"); err != nil {
				return err
			}
			if err := c.printData(event); err != nil {
				return err
			}
		default:
			if err := c.printLine(moment(&event.Time) + "  " + printable(event.Type) + "  " + printable(event.Subject)); err != nil {
				return err
			}
		}
	}
	return nil
}
