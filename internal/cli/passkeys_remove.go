package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type passkeysRemove struct {
	IDs []string `arg:"" name:"id" help:"The passkeys."`
}

// Run removes passkeys.
func (r *passkeysRemove) Run(c *call, client *stoa.Client) error {
	return c.each(r.IDs, client.Passkeys.Remove, "is removed")
}
