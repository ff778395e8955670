package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type organizationsList struct {
	watchFlag
}

// Run lists organizations.
func (l *organizationsList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Organization, error) {
		return stoa.Collect(client.Organizations.List(c.ctx), 0)
	}, organizationColumns)
}
