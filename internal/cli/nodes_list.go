package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type nodesList struct {
	watchFlag
}

// Run lists nodes.
func (l *nodesList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Node, error) {
		return stoa.Collect(client.Nodes.List(c.ctx), 0)
	}, nodeColumns)
}
