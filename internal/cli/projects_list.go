package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsList struct {
	watchFlag
}

// Run lists projects.
func (l *projectsList) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Project, error) {
		return stoa.Collect(client.Projects.List(c.ctx), 0)
	}, projectColumns)
}
