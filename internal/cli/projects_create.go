package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsCreate struct {
	Name         string `arg:"" help:"Its name."`
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"Whose project it is (id, slug or name); yours if left out."`
	Unit         string `name:"unit" placeholder:"UNIT" help:"The unit (id or name) to put it into."`
}

// Run creates a project.
func (p *projectsCreate) Run(c *call, client *stoa.Client) (err error) {
	in := stoa.ProjectCreateRequest{Name: p.Name}
	if p.Organization != "" {
		if in.OrganizationID, err = c.organization(client, p.Organization); err != nil {
			return err
		}
	}
	if p.Unit != "" {
		if in.OrganizationID, err = (unitScope{p.Organization}).organization(c, client); err != nil {
			return err
		}
		if in.UnitID, err = c.unit(client, in.OrganizationID, p.Unit); err != nil {
			return err
		}
	}
	project, err := client.Projects.Create(c.ctx, in)
	if err != nil {
		return err
	}
	return printOne(c, *project, projectColumns)
}
