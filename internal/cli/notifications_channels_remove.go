package cli

type channelsRemove struct {
	IDs []string `arg:"" name:"id" help:"The channels."`
}

// Run removes channels.
func (r *channelsRemove) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if err := client.Notifications.Unsubscribe(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is removed", id)
	}
	return nil
}
