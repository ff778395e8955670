package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type unitsCreate struct {
	Name string `arg:"" help:"Its name."`
	In   string `name:"in" placeholder:"UNIT" help:"The unit (id or name) to put it into; directly below the organization if left out."`
	unitScope
}

// Run adds a unit.
func (u *unitsCreate) Run(c *call, client *stoa.Client) error {
	organization, err := u.organization(c, client)
	if err != nil {
		return err
	}
	in := stoa.UnitCreateRequest{Name: u.Name}
	if u.In != "" {
		if in.ParentID, err = c.unit(client, organization, u.In); err != nil {
			return err
		}
	}
	made, err := client.Organizations.CreateUnit(c.ctx, organization, in)
	if err != nil {
		return err
	}
	return printOne(c, *made, unitColumns)
}
