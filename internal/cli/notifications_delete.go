package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type notificationsDelete struct {
	IDs []string `arg:"" name:"id" help:"The notifications."`
}

// Run deletes notifications.
func (d *notificationsDelete) Run(c *call, client *stoa.Client) error {
	return c.each(d.IDs, client.Notifications.Delete, "is deleted")
}
