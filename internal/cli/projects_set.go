package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsSet struct {
	Project string `arg:"" name:"project" help:"The project: id, slug or name."`
	Name    string `name:"name" placeholder:"NAME" help:"Another name; the slug stays."`
	Unit    string `name:"unit" placeholder:"UNIT" help:"The unit (id or name) to move it into; none: directly below the organization."`
}

// Run renames or moves a project.
func (s *projectsSet) Run(c *call, client *stoa.Client) error {
	if s.Name == "" && s.Unit == "" {
		return usagef("say what to change: --name or --unit")
	}
	p, err := c.anyProject(client, s.Project)
	if err != nil {
		return err
	}
	in := stoa.ProjectUpdateRequest{Name: s.Name}
	if s.Unit != "" {
		if in.UnitID, err = c.unit(client, p.OrganizationID, s.Unit); err != nil {
			return err
		}
	}
	changed, err := client.Projects.Update(c.ctx, p.ID, in)
	if err != nil {
		return err
	}
	return printOne(c, *changed, projectColumns)
}
