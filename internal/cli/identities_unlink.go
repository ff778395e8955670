package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type identitiesUnlink struct {
	IDs []string `arg:"" name:"id" help:"The links."`
}

// Run ends links.
func (u *identitiesUnlink) Run(c *call, client *stoa.Client) error {
	return c.each(u.IDs, client.Me.Unlink, "is unlinked")
}
