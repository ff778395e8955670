package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type channelsRemove struct {
	IDs []string `arg:"" name:"id" help:"The channels."`
}

// Run removes channels.
func (r *channelsRemove) Run(c *call, client *stoa.Client) error {
	return c.each(r.IDs, client.Notifications.Unsubscribe, "is removed")
}
