package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersDelete struct {
	whichUser
	Executions bool `name:"executions" help:"Also delete everything that they ran; else it stays with its projects."`
}

// Run forgets somebody.
func (d *usersDelete) Run(c *call, client *stoa.Client) error {
	id, err := d.id(c, client)
	if err != nil {
		return err
	}
	if err := client.Users.Delete(c.ctx, id, d.Executions); err != nil {
		return err
	}
	c.say("%s is forgotten", id)
	return nil
}
