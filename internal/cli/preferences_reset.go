package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type preferencesReset struct {
	Names []string `arg:"" name:"name" help:"What to take back."`
}

// Run takes preferences back to their defaults.
func (r *preferencesReset) Run(c *call, client *stoa.Client) error {
	patch := map[string]any{}
	for _, name := range r.Names {
		put(patch, name, nil)
	}
	return c.showPreferences(client.Preferences.Change(c.ctx, patch))
}
