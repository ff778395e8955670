package cli

type preferencesReset struct {
	Names []string `arg:"" name:"name" help:"What to take back."`
}

// Run takes preferences back to their defaults.
func (r *preferencesReset) Run(c *call) error {
	patch := map[string]any{}
	for _, name := range r.Names {
		put(patch, name, nil)
	}
	return changePreferences(c, patch)
}
