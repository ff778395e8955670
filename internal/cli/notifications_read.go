package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type notificationsRead struct {
	IDs []string `arg:"" optional:"" name:"id" help:"The notifications."`
	All bool     `name:"all" help:"All of them."`
}

// Run marks notifications read.
func (r *notificationsRead) Run(c *call, client *stoa.Client) error {
	if r.All == (len(r.IDs) > 0) {
		return usagef("name notifications, or say --all")
	}
	if r.All {
		n, err := client.Notifications.ReadAll(c.ctx)
		if err == nil {
			c.say("%d are read", n)
		}
		return err
	}
	for _, id := range r.IDs {
		if _, err := client.Notifications.Read(c.ctx, id, false); err != nil {
			return err
		}
	}
	return nil
}
