package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsList struct {
	serviceScope
	watchFlag
}

// Run lists service accounts.
func (l *serviceAccountsList) Run(c *call, client *stoa.Client) error {
	organization, project, err := l.place(c, client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.ServiceAccount, error) {
		return stoa.Collect(client.ServiceAccounts.List(c.ctx, organization, project), 0)
	}, serviceAccountColumns)
}
