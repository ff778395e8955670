package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type notificationsTestAlert struct{}

// Run sends operators an alert that is none.
func (notificationsTestAlert) Run(c *call, client *stoa.Client) error {
	if _, err := client.Notifications.TestAlert(c.ctx); err != nil {
		return err
	}
	c.say("Every operator is sent an alert that is none, as Grafana's would be.")
	return nil
}
