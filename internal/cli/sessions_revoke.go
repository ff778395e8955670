package cli

type sessionsRevoke struct {
	IDs []string `arg:"" name:"id" help:"The sign-ins."`
}

// Run ends sign-ins.
func (r *sessionsRevoke) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if err := client.Me.RevokeSession(c.ctx, id); err != nil {
			return err
		}
		c.say("%s has ended", id)
	}
	return nil
}
