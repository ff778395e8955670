package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type limitsSet struct {
	Name  string `arg:"" help:"The setting or limit."`
	Value string `arg:"" help:"Its value, in the unit that the list shows with -o json."`
	limitScope
}

// Run sets a value.
func (s *limitsSet) Run(c *call, client *stoa.Client) error {
	scope, err := s.resolve(c, client)
	if err != nil {
		return err
	}
	if err := client.Limits.Set(c.ctx, s.Name, scope, rawValue(s.Value)); err != nil {
		return err
	}
	c.say("%s is %s for %s %s", s.Name, s.Value, scope.Kind, scope.ID)
	return nil
}
