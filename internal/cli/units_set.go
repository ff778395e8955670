package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type unitsSet struct {
	Unit string `arg:"" help:"The unit: id or name."`
	Name string `name:"name" placeholder:"NAME" help:"Another name."`
	In   string `name:"in" placeholder:"UNIT" help:"The unit (id or name) to move it into; none: directly below the organization."`
	unitScope
}

// Run renames or moves a unit.
func (u *unitsSet) Run(c *call, client *stoa.Client) error {
	if u.Name == "" && u.In == "" {
		return usagef("say what to change: --name or --in")
	}
	organization, err := u.organization(c, client)
	if err != nil {
		return err
	}
	id, err := c.unit(client, organization, u.Unit)
	if err != nil {
		return err
	}
	in := stoa.UnitUpdateRequest{Name: u.Name}
	if u.In != "" {
		if in.ParentID, err = c.unit(client, organization, u.In); err != nil {
			return err
		}
	}
	changed, err := client.Organizations.UpdateUnit(c.ctx, id, in)
	if err != nil {
		return err
	}
	return printOne(c, *changed, unitColumns)
}
