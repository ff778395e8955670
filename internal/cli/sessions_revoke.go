package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type sessionsRevoke struct {
	IDs []string `arg:"" name:"id" help:"The sign-ins."`
}

// Run ends sign-ins.
func (r *sessionsRevoke) Run(c *call, client *stoa.Client) error {
	return c.each(r.IDs, client.Me.RevokeSession, "has ended")
}
