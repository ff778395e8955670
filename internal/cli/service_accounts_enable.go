package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsEnable struct{ serviceAccount }

// Run enables a service account.
func (s *serviceAccountsEnable) Run(c *call, client *stoa.Client) error {
	id, err := s.id(c, client)
	if err != nil {
		return err
	}
	account, err := client.ServiceAccounts.Enable(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, *account, serviceAccountColumns)
}
