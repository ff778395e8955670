package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type executionsDelete struct {
	IDs []string `arg:"" name:"id" help:"The executions."`
}

// Run deletes executions.
func (d *executionsDelete) Run(c *call, client *stoa.Client) error {
	return c.each(d.IDs, client.Executions.Delete, "is deleted")
}
