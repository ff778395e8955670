package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsList struct {
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"Only this organization's (id, slug or name)."`
	Archived     bool   `name:"archived" help:"Also the archived ones."`
	watchFlag
}

// Run lists projects.
func (l *projectsList) Run(c *call, client *stoa.Client) (err error) {
	organization := ""
	if l.Organization != "" {
		if organization, err = c.organization(client, l.Organization); err != nil {
			return err
		}
	}
	return showList(c, l.watchFlag, func() ([]stoa.Project, error) {
		return stoa.Collect(client.Projects.ListAll(c.ctx, organization, l.Archived), 0)
	}, projectColumns)
}
