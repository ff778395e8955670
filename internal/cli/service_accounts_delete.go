package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsDelete struct{ serviceAccount }

// Run deletes a service account.
func (s *serviceAccountsDelete) Run(c *call, client *stoa.Client) error {
	id, err := s.id(c, client)
	if err != nil {
		return err
	}
	if err := client.ServiceAccounts.Delete(c.ctx, id); err != nil {
		return err
	}
	c.say("%s is deleted; its keys are revoked", s.Account)
	return nil
}
