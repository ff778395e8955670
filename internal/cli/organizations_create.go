package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type organizationsCreate struct {
	Name string `arg:"" help:"Its name."`
}

// Run creates an organization.
func (o *organizationsCreate) Run(c *call, client *stoa.Client) error {
	organization, err := client.Organizations.Create(c.ctx, o.Name)
	if err != nil {
		return err
	}
	return printOne(c, *organization, organizationColumns)
}
