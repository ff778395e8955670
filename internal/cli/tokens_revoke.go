package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type tokensRevoke struct {
	IDs []string `arg:"" name:"id" help:"The tokens."`
}

// Run revokes tokens.
func (r *tokensRevoke) Run(c *call, client *stoa.Client) error {
	return c.each(r.IDs, client.Tokens.Revoke, "is revoked")
}
