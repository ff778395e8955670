package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type invitationsRevoke struct {
	IDs []string `arg:"" name:"id" help:"The invitations."`
}

// Run revokes invitations.
func (r *invitationsRevoke) Run(c *call, client *stoa.Client) error {
	return c.each(r.IDs, client.Organizations.RevokeInvitation, "is revoked")
}
