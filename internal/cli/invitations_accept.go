package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type invitationsAccept struct {
	Link string `arg:"" help:"The link that you were given, or the token that it ends with."`
}

// Run joins the organization.
func (a *invitationsAccept) Run(c *call, client *stoa.Client) error {
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
