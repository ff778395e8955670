package cli

type channelsTest struct {
	ID string `arg:"" help:"The channel."`
}

// Run sends a test.
func (t *channelsTest) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
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
