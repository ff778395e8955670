package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsArchive struct {
	Project string `arg:"" name:"project" help:"The project: id, slug or name."`
}

// Run archives a project.
func (p *projectsArchive) Run(c *call, client *stoa.Client) error {
	found, err := c.anyProject(client, p.Project)
	if err != nil {
		return err
	}
	if err := client.Projects.Delete(c.ctx, found.ID); err != nil {
		return err
	}
	c.say("%s is archived: it keeps what it has and takes no new work", found.Name)
	return nil
}
