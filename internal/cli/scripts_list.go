package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type scriptsList struct {
	watchFlag
}

// Run lists scripts.
func (l *scriptsList) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Script, error) {
		return stoa.Collect(client.Scripts.List(c.ctx, project), 0)
	}, scriptColumns)
}
