package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsRotate struct {
	serviceAccount
	Overlap int64 `name:"overlap-hours" default:"24" placeholder:"N" help:"How many hours the key before still holds; with 0 all keys before end now."`
	Days    int64 `name:"days" placeholder:"N" help:"How many days the new key lasts; 90 if left out."`
}

// Run prints the new key and nothing else on standard output.
func (r *serviceAccountsRotate) Run(c *call, client *stoa.Client) error {
	id, err := r.id(c, client)
	if err != nil {
		return err
	}
	made, err := client.ServiceAccounts.Rotate(c.ctx, id, stoa.ServiceAccountRotateKeyRequest{OverlapHours: &r.Overlap, ExpiresInDays: r.Days})
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(made)
	}
	if made.BeforeEndsAt != nil {
		c.say("The key before ends %s.", moment(made.BeforeEndsAt))
	}
	c.say("Key %s, expires %s. It is shown this once:", made.Key.ID, never(made.Key.ExpiresAt))
	return c.printLine(made.Secret)
}
