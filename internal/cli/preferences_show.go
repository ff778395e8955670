package cli

type preferencesShow struct{}

// Run shows preferences.
func (preferencesShow) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	p, err := client.Preferences.Get(c.ctx)
	if err != nil {
		return err
	}
	return c.showPreferences(p)
}
