package cli

import (
	"fmt"
	"io"
)

type eventsExport struct {
	eventChoice
	Format string `name:"format" enum:"csv,json" default:"json" help:"csv or json."`
	After  string `name:"after" placeholder:"POSITION" help:"Begin after this position of the log."`
	Limit  int    `name:"limit" short:"n" default:"10000" help:"At most this many; 100000 are the most."`
}

// Run writes events to standard output, oldest first.
func (e *eventsExport) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	filter, err := e.filter(c, client)
	if err != nil {
		return err
	}
	filter.After = e.After
	file, err := client.Events.Export(c.ctx, filter, e.Format, e.Limit)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(c.Stdout, file); err != nil {
		return fmt.Errorf("the export broke off: %w", err)
	}
	return nil
}
