package cli

type deliveriesRedeliver struct {
	IDs []string `arg:"" name:"id" help:"The deliveries."`
}

// Run sends again.
func (r *deliveriesRedeliver) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if _, err := client.Notifications.Redeliver(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is on its way again", id)
	}
	return nil
}
