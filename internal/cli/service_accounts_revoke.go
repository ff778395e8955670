package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsRevoke struct {
	serviceAccount
	Key string `arg:"" name:"key" help:"The key's id."`
}

// Run revokes a key.
func (r *serviceAccountsRevoke) Run(c *call, client *stoa.Client) error {
	id, err := r.id(c, client)
	if err != nil {
		return err
	}
	if err := client.ServiceAccounts.RevokeKey(c.ctx, id, r.Key); err != nil {
		return err
	}
	c.say("%s is revoked", r.Key)
	return nil
}
