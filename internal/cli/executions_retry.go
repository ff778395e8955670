package cli

type executionsRetry struct {
	ID string `arg:"" help:"The execution."`
}

// Run submits the same run again and prints the new id.
func (r *executionsRetry) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	e, err := client.Executions.Retry(c.ctx, r.ID)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(e)
	}
	return c.printLine(e.ID)
}
