package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersRates struct {
	User         string `arg:"" help:"The member: id or e-mail address."`
	Organization string `name:"organization" required:"" placeholder:"ORGANIZATION" help:"The organization (id, slug or name) that you run, and in which they apply."`
}

// Run lists what is left.
func (m *membersRates) Run(c *call, client *stoa.Client) error {
	organization, err := c.organization(client, m.Organization)
	if err != nil {
		return err
	}
	user, err := memberCalled(c, client, organization, m.User)
	if err != nil {
		return err
	}
	return printRates(c, client.Limits.RatesOfMember(c.ctx, organization, user))
}
