package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type runtimesRemove struct {
	Runtime string `arg:"" placeholder:"NAME@VERSION" help:"The runtime, with its whole version."`
}

// Run retires a runtime.
func (r *runtimesRemove) Run(c *call, client *stoa.Client) error {
	if err := client.Runtimes.Remove(c.ctx, r.Runtime); err != nil {
		return err
	}
	c.say("%s is retired; what waits for it still runs", r.Runtime)
	return nil
}
