package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type executionsCancel struct {
	IDs []string `arg:"" name:"id" help:"The executions."`
}

// Run cancels executions.
func (x *executionsCancel) Run(c *call, client *stoa.Client) error {
	for _, id := range x.IDs {
		e, err := client.Executions.Cancel(c.ctx, id)
		if err != nil {
			return err
		}
		c.say("%s is %s", id, e.Status)
	}
	return nil
}
