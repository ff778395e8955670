package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type channelsTest struct {
	ID string `arg:"" help:"The channel."`
}

// Run sends a test.
func (t *channelsTest) Run(c *call, client *stoa.Client) error {
	d, err := client.Notifications.Test(c.ctx, t.ID)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(d)
	}
	c.say("A test is on its way. See how it went:")
	return c.printLine("stoa notifications deliveries get " + d.ID)
}
