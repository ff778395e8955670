package cli

type executionsDelete struct {
	IDs []string `arg:"" name:"id" help:"The executions."`
}

// Run deletes executions.
func (d *executionsDelete) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range d.IDs {
		if err := client.Executions.Delete(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is deleted", id)
	}
	return nil
}
