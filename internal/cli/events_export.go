package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type eventsExport struct {
	eventChoice
	Format string `name:"format" enum:"csv,json" default:"json" help:"csv or json."`
	After  string `name:"after" placeholder:"POSITION" help:"Begin after this position of the log."`
	Limit  int    `name:"limit" short:"n" default:"10000" help:"At most this many; 100000 are the most."`
}

// Run writes events to standard output, oldest first.
func (e *eventsExport) Run(c *call, client *stoa.Client) error {
	filter, err := e.filter(c, client)
	if err != nil {
		return err
	}
	filter.After = e.After
	return c.export(client.Events.Export(c.ctx, filter, e.Format, e.Limit))
}
