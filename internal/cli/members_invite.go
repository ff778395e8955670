package cli

import "strings"

type membersInvite struct {
	Email        string `arg:"" help:"Their e-mail address."`
	Role         string `arg:"" optional:"" default:"member" help:"owner, admin or member."`
	Organization string `name:"organization" required:"" placeholder:"ORGANIZATION" help:"The organization (id, slug or name) that they join."`
}

// Run prints the link, which is shown this once.
func (i *membersInvite) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	id, err := c.organization(client, i.Organization)
	if err != nil {
		return err
	}
	created, err := client.Organizations.Invite(c.ctx, id, i.Email, (&memberList{kind: "organization"}).role(i.Role))
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(created)
	}
	c.say("Give this link to %s. It is shown this once.", i.Email)
	link := created.Link
	if strings.HasPrefix(link, "/") { // the installation knows no public address of its own
		link = client.Address() + link
	}
	return c.printLine(link)
}
