package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type invitationsList struct {
	Organization string `name:"organization" required:"" placeholder:"ORGANIZATION" help:"The organization (id, slug or name) that they are to join."`
	watchFlag
}

// Run lists invitations.
func (l *invitationsList) Run(c *call, client *stoa.Client) error {
	id, err := c.organization(client, l.Organization)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Invitation, error) {
		return stoa.Collect(client.Organizations.Invitations(c.ctx, id), 0)
	}, []column[stoa.Invitation]{
		{title: "ID", value: func(i stoa.Invitation) string { return i.ID }},
		{title: "EMAIL", value: func(i stoa.Invitation) string { return i.Email }},
		{title: "ROLE", value: func(i stoa.Invitation) string { return i.Role }},
		{title: "INVITED", value: func(i stoa.Invitation) string { return ago(&i.CreatedAt) }},
		{title: "EXPIRES", value: func(i stoa.Invitation) string { return never(&i.ExpiresAt) }},
	})
}
