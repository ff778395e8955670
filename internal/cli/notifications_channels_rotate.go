package cli

type channelsRotate struct {
	ID string `arg:"" help:"The channel."`
}

// Run prints the new secret.
func (r *channelsRotate) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	made, err := client.Notifications.RotateSecret(c.ctx, r.ID)
	if err != nil {
		return err
	}
	return c.printSecretOnce(made)
}
