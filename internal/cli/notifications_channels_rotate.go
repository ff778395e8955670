package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type channelsRotate struct {
	ID string `arg:"" help:"The channel."`
}

// Run prints the new secret.
func (r *channelsRotate) Run(c *call, client *stoa.Client) error {
	made, err := client.Notifications.RotateSecret(c.ctx, r.ID)
	if err != nil {
		return err
	}
	return c.printSecretOnce(made)
}
