package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsDisable struct{ serviceAccount }

// Run disables a service account.
func (s *serviceAccountsDisable) Run(c *call, client *stoa.Client) error {
	id, err := s.id(c, client)
	if err != nil {
		return err
	}
	account, err := client.ServiceAccounts.Disable(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, *account, serviceAccountColumns)
}
