package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type scriptsUpdate struct {
	Script      string  `arg:"" placeholder:"NAME" help:"The script, by name or id."`
	Name        *string `name:"name" placeholder:"NAME" help:"Its new name."`
	Description *string `name:"description" placeholder:"TEXT" help:"What it is for."`
	Share       bool    `name:"share" xor:"seen" help:"Let everybody who sees the project see and run it."`
	Unshare     bool    `name:"unshare" xor:"seen" help:"Keep it to its owner."`
}

// Run changes a script.
func (u *scriptsUpdate) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	found, err := client.Scripts.Get(c.ctx, project, u.Script)
	if err != nil {
		return err
	}
	in := stoa.ScriptChange{Name: u.Name, Description: u.Description}
	if u.Share || u.Unshare {
		in.Shared = &u.Share
	}
	changed, err := client.Scripts.Update(c.ctx, found.ID, in)
	if err != nil {
		return err
	}
	return printList(c, []stoa.Script{*changed}, scriptColumns)
}
