package cli

type invitationsRevoke struct {
	IDs []string `arg:"" name:"id" help:"The invitations."`
}

// Run revokes invitations.
func (r *invitationsRevoke) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	for _, id := range r.IDs {
		if err := client.Organizations.RevokeInvitation(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is revoked", id)
	}
	return nil
}
