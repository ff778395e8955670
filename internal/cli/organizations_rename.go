package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type organizationsRename struct {
	Organization string `arg:"" name:"organization" help:"The organization: id, slug or name."`
	Name         string `arg:"" help:"Its new name; the slug stays."`
}

// Run renames an organization.
func (o *organizationsRename) Run(c *call, client *stoa.Client) error {
	id, err := c.organization(client, o.Organization)
	if err != nil {
		return err
	}
	renamed, err := client.Organizations.Rename(c.ctx, id, o.Name)
	if err != nil {
		return err
	}
	return printOne(c, *renamed, organizationColumns)
}
