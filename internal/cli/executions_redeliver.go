package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type executionsRedeliver struct {
	IDs []string `arg:"" name:"id" help:"The executions."`
}

// Run makes callbacks again.
func (x *executionsRedeliver) Run(c *call, client *stoa.Client) error {
	for _, id := range x.IDs {
		if err := client.Executions.Redeliver(c.ctx, id); err != nil {
			return err
		}
		c.say("the callback of %s is made again; see `stoa executions deliveries %s`", id, id)
	}
	return nil
}
