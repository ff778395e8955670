package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type deliveriesRedeliver struct {
	IDs []string `arg:"" name:"id" help:"The deliveries."`
}

// Run sends again.
func (r *deliveriesRedeliver) Run(c *call, client *stoa.Client) error {
	for _, id := range r.IDs {
		if _, err := client.Notifications.Redeliver(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is on its way again", id)
	}
	return nil
}
