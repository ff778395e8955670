package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type executionsRetry struct {
	ID string `arg:"" help:"The execution."`
}

// Run submits the same run again and prints the new id.
func (r *executionsRetry) Run(c *call, client *stoa.Client) error {
	e, err := client.Executions.Retry(c.ctx, r.ID)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(e)
	}
	return c.printLine(e.ID)
}
