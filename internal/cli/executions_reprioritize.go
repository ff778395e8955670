package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type executionsReprioritize struct {
	IDs      []string `arg:"" name:"id" help:"The executions."`
	Priority string   `name:"priority" required:"" enum:"critical,high,normal,low,background" placeholder:"WORD" help:"critical, high, normal, low or background."`
}

// Run changes the priority of executions that wait.
func (x *executionsReprioritize) Run(c *call, client *stoa.Client) error {
	for _, id := range x.IDs {
		e, err := client.Executions.Reprioritize(c.ctx, id, x.Priority)
		if err != nil {
			return err
		}
		if c.Output != "table" {
			if err := c.printData(e); err != nil {
				return err
			}
			continue
		}
		c.say("%s has priority %s", id, e.Priority)
	}
	return nil
}
