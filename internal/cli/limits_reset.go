package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type limitsReset struct {
	Name string `arg:"" help:"The setting or limit."`
	limitScope
}

// Run takes a value away.
func (r *limitsReset) Run(c *call, client *stoa.Client) error {
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
