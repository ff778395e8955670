package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type scriptsDelete struct {
	Scripts []string `arg:"" name:"script" help:"The scripts, by name or id."`
}

// Run deletes scripts.
func (d *scriptsDelete) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	for _, name := range d.Scripts {
		found, err := client.Scripts.Get(c.ctx, project, name)
		if err != nil {
			return err
		}
		if err := client.Scripts.Delete(c.ctx, found.ID); err != nil {
			return err
		}
		c.say("%s is deleted, with %d versions", found.Name, found.Latest)
	}
	return nil
}
