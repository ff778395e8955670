package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type unitsDelete struct {
	Unit string `arg:"" help:"The unit: id or name."`
	unitScope
}

// Run deletes an empty unit.
func (u *unitsDelete) Run(c *call, client *stoa.Client) error {
	organization, err := u.organization(c, client)
	if err != nil {
		return err
	}
	id, err := c.unit(client, organization, u.Unit)
	if err != nil {
		return err
	}
	if err := client.Organizations.DeleteUnit(c.ctx, id); err != nil {
		return err
	}
	c.say("%s is deleted", u.Unit)
	return nil
}
