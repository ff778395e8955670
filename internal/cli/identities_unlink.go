package cli

type identitiesUnlink struct {
	IDs []string `arg:"" name:"id" help:"The links."`
}

// Run ends links.
func (u *identitiesUnlink) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range u.IDs {
		if err := client.Me.Unlink(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is unlinked", id)
	}
	return nil
}
