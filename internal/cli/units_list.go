package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type unitsList struct {
	unitScope
	watchFlag
}

// Run lists an organization's units.
func (l *unitsList) Run(c *call, client *stoa.Client) error {
	organization, err := l.organization(c, client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Unit, error) {
		return stoa.Collect(client.Organizations.Units(c.ctx, organization), 0)
	}, unitColumns)
}
