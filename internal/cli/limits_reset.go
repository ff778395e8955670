package cli

type limitsReset struct {
	Name string `arg:"" help:"The setting or limit."`
	limitScope
}

// Run takes a value away.
func (r *limitsReset) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	scope, err := r.resolve(c, client)
	if err != nil {
		return err
	}
	if err := client.Limits.Reset(c.ctx, r.Name, scope); err != nil {
		return err
	}
	c.say("%s has no value of its own for %s %s any more", r.Name, scope.Kind, scope.ID)
	return nil
}
