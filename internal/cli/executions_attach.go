package cli

import (
	"errors"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsAttach struct {
	ID string `arg:"" help:"The execution, which was submitted with --interactive or --terminal."`
}

// Run follows the execution and gives it what is typed here. An interrupt leaves it; it goes on.
func (x *executionsAttach) Run(c *call, client *stoa.Client) error {
	e, err := client.Executions.Get(c.ctx, x.ID)
	if err != nil {
		return err
	}
	f := newFollower(c, client, true)
	defer f.stop()
	ended, err := f.attach(x.ID, e.Terminal != nil && terminal(c.Stdin))
	switch {
	case errors.Is(err, errDetached):
		c.say("stoa: %s", err)
		return nil
	case err != nil:
		return err
	}
	c.explain(ended)
	return outcome(ended)
}
