package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersInvite struct {
	Email        string `arg:"" help:"Their e-mail address."`
	Role         string `arg:"" optional:"" default:"member" help:"owner, admin or member."`
	Organization string `name:"organization" required:"" placeholder:"ORGANIZATION" help:"The organization (id, slug or name) that they join."`
}

// Run prints the link, which is shown this once.
func (i *membersInvite) Run(c *call, client *stoa.Client) error {
	id, err := c.organization(client, i.Organization)
	if err != nil {
		return err
	}
	created, err := client.Organizations.Invite(c.ctx, id, i.Email, roleIn("organization", i.Role))
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(created)
	}
	// Whoever is invited would find out otherwise. An answer that does not come is no reason to hide the link.
	if mode, err := client.Organizations.Registration(c.ctx); err == nil && mode == "closed" {
		c.say("stoa: registration is closed, so only who has an account already can accept it; operators let invited people register: stoa settings set identity.registration invited")
	}
	c.say("Give this link to %s. It is shown this once.", i.Email)
	return c.printLink(client, created.Link)
}
