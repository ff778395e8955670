package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type filesList struct {
	watchFlag
}

// Run lists uploaded files.
func (l *filesList) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.File, error) {
		return stoa.Collect(client.Files.List(c.ctx, project), 0)
	}, fileColumns)
}
