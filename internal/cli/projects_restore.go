package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsRestore struct {
	Project string `arg:"" name:"project" help:"The project: id, slug or name."`
}

// Run lets an archived project take work again.
func (p *projectsRestore) Run(c *call, client *stoa.Client) error {
	found, err := c.anyProject(client, p.Project)
	if err != nil {
		return err
	}
	restored, err := client.Projects.Restore(c.ctx, found.ID)
	if err != nil {
		return err
	}
	return printOne(c, *restored, projectColumns)
}
