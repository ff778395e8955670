package cli

import "strings"

type invitationsAccept struct {
	Link string `arg:"" help:"The link that you were given, or the token that it ends with."`
}

// Run joins the organization.
func (a *invitationsAccept) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	_, token, whole := strings.Cut(a.Link, "token=")
	if !whole {
		token = a.Link
	}
	joined, err := client.Organizations.Join(c.ctx, token)
	if err != nil {
		return err
	}
	return printOne(c, *joined, organizationColumns)
}
