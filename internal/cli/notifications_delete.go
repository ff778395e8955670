package cli

type notificationsDelete struct {
	IDs []string `arg:"" name:"id" help:"The notifications."`
}

// Run deletes notifications.
func (d *notificationsDelete) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range d.IDs {
		if err := client.Notifications.Delete(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is deleted", id)
	}
	return nil
}
