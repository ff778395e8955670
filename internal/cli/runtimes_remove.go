package cli

type runtimesRemove struct {
	Runtime string `arg:"" placeholder:"NAME@VERSION" help:"The runtime, with its whole version."`
}

// Run retires a runtime.
func (r *runtimesRemove) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	if err := client.Runtimes.Remove(c.ctx, r.Runtime); err != nil {
		return err
	}
	c.say("%s is retired; what waits for it still runs", r.Runtime)
	return nil
}
