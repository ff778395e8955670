package cli

type organizationsCreate struct {
	Name string `arg:"" help:"Its name."`
}

// Run creates an organization.
func (o *organizationsCreate) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	organization, err := client.Organizations.Create(c.ctx, o.Name)
	if err != nil {
		return err
	}
	return printOne(c, *organization, organizationColumns)
}
