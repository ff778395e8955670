package cli

type tokensRevoke struct {
	IDs []string `arg:"" name:"id" help:"The tokens."`
}

// Run revokes tokens.
func (r *tokensRevoke) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if err := client.Tokens.Revoke(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is revoked", id)
	}
	return nil
}
