package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersRates struct {
	whichUser
	Reset bool `name:"reset" help:"Make them whole again first: what was used so far counts no more."`
}

// Run makes them whole if asked, and lists what is left then.
func (u *usersRates) Run(c *call, client *stoa.Client) error {
	id, err := u.id(c, client)
	if err != nil {
		return err
	}
	if u.Reset {
		if err := client.Limits.ResetRates(c.ctx, id); err != nil {
			return err
		}
	}
	return printRates(c, client.Limits.RatesFor(c.ctx, id))
}
