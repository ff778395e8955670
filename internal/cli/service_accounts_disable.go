package cli

type serviceAccountsDisable struct{ serviceAccount }

// Run disables a service account.
func (s *serviceAccountsDisable) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
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
