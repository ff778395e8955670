package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type preferencesShow struct{}

// Run shows preferences.
func (preferencesShow) Run(c *call, client *stoa.Client) error {
	return c.showPreferences(client.Preferences.Get(c.ctx))
}
