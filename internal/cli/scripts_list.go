package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type scriptsList struct {
	watchFlag
}

// Run lists scripts.
func (l *scriptsList) Run(c *call) error {
	client, project, err := c.inProject()
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Script, error) {
		return stoa.Collect(client.Scripts.List(c.ctx, project), 0)
	}, scriptColumns)
}

// inProject is a client, and the project that is worked in.
func (c *call) inProject() (*stoa.Client, string, error) {
	client, err := c.client()
	if err != nil {
		return nil, "", err
	}
	project, err := c.project(client)
	return client, project, err
}
