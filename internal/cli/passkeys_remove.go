package cli

type passkeysRemove struct {
	IDs []string `arg:"" name:"id" help:"The passkeys."`
}

// Run removes passkeys.
func (r *passkeysRemove) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if err := client.Passkeys.Remove(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is removed", id)
	}
	return nil
}
